import { registerModules } from '../cli/operations/apply-catalog.ts';
import { generateAssertionKeys } from '../gateway/assertion/keys.ts';
import { readConfig, type GatewayConfig } from '../gateway/config.ts';
import { openDatabase, type Database } from '../platform/database/database.ts';
import { migrateUp } from '../platform/database/migrate.ts';
import { seedDemo } from '../platform/demo.ts';
import { AUDIENCE, ISSUER } from './identity.ts';
import type { Job } from './contestants/job.ts';

/**
 * The demo platform with the measured backend behind every service, on the server that BENCH_DATABASE_URL names or on
 * an embedded database in memory. The embedded one runs in the measured process, and its polls are measured with it.
 */
export async function openDemo({
  backend,
  jwksUrl,
  env,
}: Job): Promise<{ db: Database; config: GatewayConfig }> {
  const url = process.env.BENCH_DATABASE_URL;
  const db = await openDatabase(url ? { url } : { memory: true });
  await migrateUp(db);
  await registerModules(db);
  await seedDemo(db);
  const services = await db('core.services').pluck<string[]>('key');
  const config = await readConfig({
    PORT: '0',
    ADMIN_PORT: '0',
    DATABASE_URL: 'postgres://embedded',
    AUTH_ISSUER: ISSUER,
    AUTH_AUDIENCE: AUDIENCE,
    AUTH_JWKS_URL: jwksUrl,
    ASSERTION_KEYS: await generateAssertionKeys(),
    UPSTREAMS: JSON.stringify(Object.fromEntries(services.map((service) => [service, backend]))),
    CORS_ORIGINS: 'https://app.kisum.example',
    ...env,
  });
  return { db, config };
}
