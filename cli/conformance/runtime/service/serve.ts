import { openAsBlob } from 'node:fs';
import type Router from '@koa/router';
import { pino } from 'pino';
import { createModuleApp, type ModuleApp } from '../../../../modules/kit/app.ts';
import type { ModuleDefinition } from '../../../../modules/kit/define-module.ts';
import type { ModuleHost } from '../../../../modules/kit/host.ts';
import { listen } from '../../../../modules/kit/listen.ts';
import { migrateModule } from '../../../../modules/kit/migrate.ts';
import { roleOf } from '../../../../modules/kit/store.ts';
import { loadModule } from '../../../../modules/load.ts';
import { type Database, openDatabase } from '../../../../platform/database/database.ts';
import type { LiveRoute } from '../probes/undeclared.ts';
import type { FromChild, Start, Subject } from './protocol.ts';

type Ready = Extract<FromChild, { ready: unknown }>['ready'];
type Handled = (route: string, userId: string | undefined) => void;

interface Served {
  definition: ModuleDefinition;
  /** Whose tables it uses: itself, or the module that a second service belongs to. */
  owner: ModuleDefinition;
  app: (definition: ModuleDefinition, host: ModuleHost) => ModuleApp;
}

/** Serves it twice: beside stubs that answer, and beside a gateway and an Auth without keys. Ends on SIGTERM. */
export async function serveSubject(start: Start, handled: Handled): Promise<Ready> {
  const { definition, owner, app } = await find(start.subject);
  const db = await database(start, owner);
  const logger = pino({ base: { module: definition.service } }, pino.destination({ fd: 1, sync: true }));
  const watched = { ...definition, routes: definition.routes.map((it) => watch(it, handled)) };
  const host = (url: string): ModuleHost => ({
    assertionKeys: `${url}/.well-known/gateway-jwks.json`,
    auth: {
      url,
      issuer: start.world.issuer,
      audience: start.world.audience,
      timeoutMs: start.authTimeoutMs,
    },
    moduleSecret: start.moduleSecret,
    gatewayUrl: url,
    db,
    logger,
  });
  const warm = app(watched, host(start.world.url));
  const running = await Promise.all([listen(warm), listen(app(watched, host(start.world.coldUrl)))]);
  const [{ url }, { url: coldUrl }] = running as [{ url: string }, { url: string }];

  const stop = async (): Promise<void> => {
    await Promise.all(running.map(({ close }) => close()));
    await db.destroy();
    process.removeAllListeners('disconnect');
    process.disconnect();
  };
  process.once('SIGTERM', () => void stop());
  return { url, coldUrl, live: routesIn(warm) };
}

async function find(subject: Subject): Promise<Served> {
  if ('mutant' in subject) {
    const { mutantNamed } = await import('../mutants.ts');
    const { definition, app } = mutantNamed(subject.mutant);
    return { definition, owner: definition, app };
  }
  const { module, service } = subject;
  const owner = await loadModule(module);
  const definition = service === module ? owner : await loadModule(service);
  if (!definition || !owner) throw new Error(`service ${service} has no backend here`);
  return { definition, owner, app: createModuleApp };
}

async function database({ database: place }: Start, owner: ModuleDefinition): Promise<Database> {
  if ('dump' in place) {
    const db = await openDatabase({ memory: true, from: await openAsBlob(place.dump) });
    await migrateModule(db, owner);
    return db;
  }
  const { ownerUrl, url, login } = place;
  const admin = await openDatabase({ url: ownerUrl });
  await migrateModule(admin, owner);
  await admin.raw('grant :role: to :login:', { role: roleOf(owner.manifest.key), login });
  await admin.destroy();
  return openDatabase({ url });
}

function watch(
  { route, handler }: ModuleDefinition['routes'][number],
  handled: Handled,
): ModuleDefinition['routes'][number] {
  const handle: typeof handler.handle = (request) => {
    handled(route.id, route.access === 'public' ? undefined : request.userId);
    return handler.handle(request);
  };
  return { route, handler: { ...handler, handle } };
}

/** What the app's own routers say they serve. */
function routesIn(app: ModuleApp): LiveRoute[] {
  return app.middleware
    .flatMap((middleware) => (middleware as { router?: Router }).router?.stack ?? [])
    .flatMap(({ methods, path }) =>
      methods.filter((method) => method !== 'HEAD').map((method) => ({ method, path: String(path) })),
    );
}
