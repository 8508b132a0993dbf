import { createLog, type Logger } from '../../gateway/log.ts';
import { startGateway, type Gateway } from '../../gateway/gateway.ts';
import { seedDemo } from '../../platform/demo.ts';
import type { ChangeRefused } from '../../platform/auth/delegation.ts';
import { migrateUp } from '../../platform/database/migrate.ts';
import { openDatabase, type Database } from '../../platform/database/database.ts';
import { declaredManifests } from '../catalog/declared.ts';
import { CliError, EXIT } from '../errors.ts';
import { openExample, type Example } from '../example/listener.ts';
import { HOME, inHome, keptSecret } from '../home.ts';
import { registerModules } from '../operations/apply-catalog.ts';
import { createToken } from '../operations/create-token.ts';
import { OPERATIONS, type OperationName } from '../operations/operations.ts';
import { localPlatform, type Platform } from '../operations/platform.ts';
import { openEndpoint } from '../owner/endpoint.ts';
import { takeOwnership } from '../owner/lock.ts';
import { newSecret } from '../owner/secret.ts';
import { startAuth } from '../start/auth.ts';
import { banner } from '../start/banner.ts';
import { LateModules } from '../start/late-modules.ts';
import { enterSampleData } from '../start/sample-data.ts';
import { forgetServices, serveModules } from '../start/serve-modules.ts';
import { startSettings, type StartSettings } from '../start/settings.ts';

/** Life of a token of the example page, which asks for another with every connection. */
const TOKEN_LIFE_S = 600;

/** What an operation waits for once it runs: the gateway that must have heard of the change. */
interface Started {
  gateway?: Gateway;
  late?: LateModules;
}

/** Closes what was opened, last first, however far starting came. */
type Closers = (() => unknown)[];

/** `npm start`: the embedded database, the local Auth service, the gateway and the module backends, until Ctrl-C. */
export async function start(): Promise<void> {
  if (process.env.NODE_ENV === 'production') {
    throw new CliError(
      EXIT.precondition,
      'npm start is for development: in production run "npm run gateway"',
    );
  }
  const example = await openExample(process.env.EXAMPLE_PORT);
  const closers: Closers = [() => example.close()];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const settings = await startSettings(example.origins);
    const { log, flush } = createLog(settings.config.LOG_LEVEL);
    closers.push(flush);
    await run(settings, log, { closers, example });
  } catch (error) {
    await close();
    throw error;
  }
  const stop = () => void close().then(() => process.exit(EXIT.ok));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

async function run(
  settings: StartSettings,
  log: Logger,
  { closers, example }: { closers: Closers; example: Example },
): Promise<void> {
  const { config, authUrl, internalApiKey } = settings;
  const started: Started = {};
  const platform = await openPlatform(closers, started, log);
  const { db } = platform;
  const manifests = await registerModules(db);
  await forgetServices(db, manifests);
  const isNew = await seedDemo(db);

  const auth = await startAuth({
    ...platform,
    url: authUrl,
    internalApiKey,
    log: log.child({ service: 'auth' }),
  });
  closers.push(() => auth.close());
  const AUTH_JWKS_URL = process.env.AUTH_JWKS_URL || `${auth.url}/.well-known/jwks.json`;
  const urls = { AUTH_URL: auth.url, AUTH_JWKS_URL };
  const gateway = await startGateway({ ...config, ...urls }, db, log.child({ service: 'gateway' }));
  closers.push(() => gateway.drain());
  started.gateway = gateway;
  const { issuer, audience } = platform;
  const host = {
    db,
    logger: log,
    assertionKeys: config.assertionKeys.jwks,
    auth: { url: auth.url, issuer, audience },
    gatewayUrl: gateway.url,
    internalApiKey,
  };
  const modules = await serveModules(manifests, host);
  closers.push(() => Promise.all(modules.map((module) => module.close())));
  const late = new LateModules(manifests, host);
  closers.push(() => late.close());
  started.late = late;
  await gateway.catalogIsCurrent();
  if (isNew) await enterSampleData(platform, gateway.url);
  example.show({
    gatewayUrl: gateway.url,
    token: (user) => createToken(platform, { user, ttlSeconds: TOKEN_LIFE_S }),
    titles: () => Object.fromEntries(declaredManifests().map(({ key, title }) => [key, title])),
  });
  announce({ gateway: gateway.url, admin: gateway.adminUrl, auth: auth.url, example: example.url });
}

/** Owns the embedded database (or uses DATABASE_URL) and takes other commands' operations on it. */
async function openPlatform(closers: Closers, started: Started, log: Logger): Promise<Platform> {
  const url = process.env.DATABASE_URL;
  if (url) return prepare(await openDatabase({ url }), closers, log);
  let ready!: (platform: Platform) => void;
  const platform = new Promise<Platform>((resolve) => (ready = resolve));
  const endpoint = await openEndpoint(await keptSecret('admin-secret', newSecret), async (name, args) => {
    if (!Object.hasOwn(OPERATIONS, name)) throw new CliError(EXIT.usage, `no operation "${name}"`);
    const result = await OPERATIONS[name as OperationName](await platform, args as never);
    await started.late?.look();
    await started.gateway?.changesAreHeard();
    await started.gateway?.catalogIsCurrent();
    return result;
  });
  closers.push(() => endpoint.close());
  closers.push(await takeOwnership(endpoint.url));
  const prepared = await prepare(await openDatabase({ folder: inHome('db') }), closers, log);
  ready(prepared);
  return prepared;
}

async function prepare(db: Database, closers: Closers, log: Logger): Promise<Platform> {
  closers.push(() => db.destroy());
  await migrateUp(db);
  return { ...(await localPlatform(db)), onRefusal: (refused) => logRefusal(log, refused) };
}

function logRefusal(log: Logger, { attempt, change, reasons }: ChangeRefused): void {
  const { makerId, companyId, targetId } = attempt;
  const who = { maker_id: makerId, company_id: companyId, target_id: targetId };
  log.warn({ ...who, change, reasons }, 'change refused');
}

function announce(urls: Parameters<typeof banner>[0]): void {
  const data = process.env.DATABASE_URL ? 'in the database of DATABASE_URL' : `${HOME} (embedded)`;
  process.stdout.write(banner(urls, data));
}
