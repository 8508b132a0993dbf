import { join } from 'node:path';
import { pino } from 'pino';
import { registerModules } from '../../cli/operations/apply-catalog.ts';
import { startAuth } from '../../cli/start/auth.ts';
import { serveModules } from '../../cli/start/serve-modules.ts';
import { generateAssertionKeys } from '../../gateway/assertion/keys.ts';
import { readConfig } from '../../gateway/config.ts';
import { startGateway } from '../../gateway/gateway.ts';
import { openAuthKeys } from '../../platform/auth/keys.ts';
import { issueToken } from '../../platform/auth/tokens.ts';
import { seedDemo } from '../../platform/demo.ts';
import { temporaryHome } from './cli.ts';
import type { TestDatabase } from './databases.ts';
import { USER } from './stage.ts';

const issuer = 'kisum-auth';
const audience = 'gateway';
const internalApiKey = 'test-internal-api-key';
const log = pino({ level: 'silent' });

export interface World {
  /** Of the gateway. */
  url: string;
  token: (user: keyof typeof USER) => Promise<string>;
  /** A user's request in a company; with a body it is a POST, unless `method` says otherwise. */
  call: (
    user: keyof typeof USER,
    company: string,
    path: string,
    body?: object,
    method?: string,
  ) => Promise<Response>;
  close: () => Promise<void>;
}

/** The whole platform with its real modules: Auth, the gateway, and every module that has a backend. */
export async function openWorld({ db, drop }: TestDatabase): Promise<World> {
  const keysFile = join(await temporaryHome(), 'auth-keys.json');
  const keys = await openAuthKeys(keysFile);
  const manifests = await registerModules(db);
  await seedDemo(db);
  const auth = await startAuth({
    db,
    keys,
    keysFile,
    issuer,
    audience,
    internalApiKey,
    log,
    url: 'http://127.0.0.1:0',
  });
  const config = await readConfig({
    PORT: '0',
    ADMIN_PORT: '0',
    DATABASE_URL: 'postgres://unused',
    AUTH_URL: auth.url,
    AUTH_ISSUER: issuer,
    AUTH_AUDIENCE: audience,
    ASSERTION_KEYS: await generateAssertionKeys(),
  });
  const gateway = await startGateway(config, db, log);
  const modules = await serveModules(manifests, {
    db,
    logger: log,
    assertionKeys: config.assertionKeys.jwks,
    auth: { url: auth.url, issuer, audience },
    gatewayUrl: gateway.url,
    internalApiKey,
  });
  await gateway.catalogIsCurrent();
  const token: World['token'] = (user) =>
    issueToken(keys, { user: { id: USER[user], tokenVersion: 1 }, issuer, audience, ttl: 60 });
  return {
    url: gateway.url,
    token,
    call: async (user, company, path, body, method = body ? 'POST' : 'GET') =>
      fetch(gateway.url + path, {
        method,
        headers: {
          authorization: `Bearer ${await token(user)}`,
          'x-org': company,
          'content-type': 'application/json',
        },
        ...(body && { body: JSON.stringify(body) }),
      }),
    close: async () => {
      await gateway.drain();
      for (const module of modules) await module.close();
      await auth.close();
      await drop();
    },
  };
}
