import { pino } from 'pino';
import type { RequestListener } from 'node:http';
import { generateAssertionKeys } from '../../gateway/assertion/keys.ts';
import { readConfig } from '../../gateway/config.ts';
import { startGateway, type Gateway } from '../../gateway/gateway.ts';
import { registerModules } from '../../cli/operations/apply-catalog.ts';
import { seedDemo } from '../../platform/demo.ts';
import type { Database } from '../../platform/database/database.ts';
import { embeddedDatabase, type TestDatabase } from './databases.ts';
import { collect } from './lines.ts';
import { echo, serve, type Seen, type TestServer } from './servers.ts';
import { AUDIENCE, ISSUER, signToken, testKey, type TestKey } from './token.ts';

export const COMPANY = {
  acme: '11111111-1111-4111-8111-111111111111',
  bluenote: '22222222-2222-4222-8222-222222222222',
  solo: '33333333-3333-4333-8333-333333333333',
  lapsed: '44444444-4444-4444-8444-444444444444',
};

const person = (n: number) => `aaaaaaaa-0000-4000-8000-00000000000${n}`;
export const USER = {
  ana: person(1),
  ben: person(2),
  cleo: person(3),
  drew: person(4),
  lee: person(5),
  sol: person(6),
};

export interface StageOptions {
  /** What stands behind every service; by default a backend that answers with what it saw. */
  backend?: RequestListener;
  /** Services that have no backend. */
  without?: string[];
  /** Over the defaults of a test gateway. */
  env?: Record<string, string>;
  /** The same, of what stands once the database is ready and Auth's key is made. */
  furnish?: (set: { db: Database; published: TestKey[] }) => Promise<Record<string, string>>;
  /** A migrated database; by default an embedded one in memory with the demo data. */
  database?: TestDatabase;
}

/** A real gateway on real sockets before a backend of the test's own, with the demo people and a key of "Auth". */
export interface Stage {
  gateway: Gateway;
  db: Database;
  key: TestKey;
  /** Keys that "Auth" publishes; change it to rotate. */
  published: TestKey[];
  jwks: TestServer;
  backend: TestServer;
  /** What the default backend saw. */
  seen: Seen[];
  /** Log lines of the gateway, parsed. */
  lines: Record<string, unknown>[];
  token: (user: keyof typeof USER, claims?: Record<string, unknown>) => Promise<string>;
  /** A request as a frontend makes it; `user: null` sends no token, `company: null` no `x-org`. */
  call: (path: string, options?: CallOptions) => Promise<Response>;
  close: () => Promise<void>;
}

export interface CallOptions extends Omit<RequestInit, 'headers'> {
  user?: keyof typeof USER | null;
  company?: keyof typeof COMPANY | null;
  headers?: Record<string, string>;
}

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const seen: Seen[] = [];
  const lines: Record<string, unknown>[] = [];
  const { db, drop } = options.database ?? (await embeddedDatabase());
  await registerModules(db);
  await seedDemo(db);
  const key = await testKey();
  const published = [key];
  const jwks = await serve((_, res) => {
    res.end(JSON.stringify({ keys: published.map(({ publicJwk }) => publicJwk) }));
  });
  const backend = await serve(options.backend ?? echo(seen));
  const { without = [] } = options;
  const services = await db('core.services').whereNotIn('key', without).pluck<string[]>('key');
  const config = await readConfig({
    PORT: '0',
    ADMIN_PORT: '0',
    DATABASE_URL: 'postgres://unused',
    AUTH_ISSUER: ISSUER,
    AUTH_AUDIENCE: AUDIENCE,
    AUTH_JWKS_URL: jwks.url,
    ASSERTION_KEYS: await generateAssertionKeys(),
    UPSTREAMS: JSON.stringify(Object.fromEntries(services.map((service) => [service, backend.url]))),
    DRAIN_TIMEOUT_MS: '1000',
    JWKS_COOLDOWN_MS: '10',
    ...options.env,
    ...(await options.furnish?.({ db, published })),
  });
  const gateway = await startGateway(config, db, pino({ base: null }, collect(lines)));
  const token: Stage['token'] = (user, claims) => signToken(key, USER[user], claims);
  return {
    gateway,
    db,
    key,
    published,
    jwks,
    backend,
    seen,
    lines,
    token,
    call: async (path, { user = 'ana', company = 'acme', headers, ...init } = {}) =>
      fetch(gateway.url + path, {
        ...init,
        headers: {
          ...(user && { authorization: `Bearer ${await token(user)}` }),
          ...(company && { 'x-org': COMPANY[company] }),
          ...headers,
        },
      }),
    close: async () => {
      await gateway.drain();
      jwks.close();
      backend.close();
      await drop();
    },
  };
}
