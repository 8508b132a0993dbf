import { openAsBlob } from 'node:fs';
import type Router from '@koa/router';
import { pino } from 'pino';
import { createModuleApp, type ModuleApp } from '../../../../modules/kit/app.ts';
import type { ModuleDefinition } from '../../../../modules/kit/define-module.ts';
import type { ModuleHost } from '../../../../modules/kit/host.ts';
import { listen, type Listening } from '../../../../modules/kit/listen.ts';
import { migrateModule } from '../../../../modules/kit/migrate.ts';
import { roleOf } from '../../../../modules/kit/store.ts';
import { loadModule } from '../../../../modules/load.ts';
import { type Database, openDatabase } from '../../../../platform/database/database.ts';
import type { LiveRoute } from '../probes/undeclared.ts';
import type { Ready, Start, Subject } from './protocol.ts';

type Handled = (route: string, userId: string | undefined) => void;

interface Served {
  definition: ModuleDefinition;
  /** Whose tables it uses: itself, or the module that a second service belongs to. */
  owner: ModuleDefinition;
  app: (definition: ModuleDefinition, host: ModuleHost) => ModuleApp;
}

/** Serves each twice: beside stubs that answer, and beside a gateway and an Auth without keys. Ends on SIGTERM. */
export async function serveSubjects(start: Start, handled: Handled): Promise<Ready[]> {
  const found = await Promise.all(start.subjects.map(find));
  const db = await database(start, found[0]!.owner);
  const logger = pino(
    { base: { module: found[0]!.owner.manifest.key } },
    pino.destination({ fd: 1, sync: true }),
  );
  const running: Listening[] = [];
  const kept = async (app: ModuleApp): Promise<Listening> => {
    const listening = await listen(app);
    running.push(listening);
    return listening;
  };
  const ready = found.map(async ({ definition, app }) => {
    const watched = { ...definition, routes: definition.routes.map((it) => watch(it, handled)) };
    const warm = app(watched, hostAt(start.world.url, start, { db, logger }));
    const cold = app(watched, hostAt(start.world.coldUrl, start, { db, logger }));
    const [{ url }, { url: coldUrl }] = await Promise.all([kept(warm), kept(cold)]);
    return { url, coldUrl, live: routesIn(warm), bodies: bodiesOf(definition) };
  });
  process.once('SIGTERM', () => {
    void Promise.all(running.map(({ close }) => close()))
      .then(() => db.destroy())
      .then(() => {
        process.removeAllListeners('disconnect');
        process.disconnect();
      });
  });
  return Promise.all(ready);
}

function hostAt(
  url: string,
  { world, moduleSecret, authTimeoutMs }: Start,
  by: Pick<ModuleHost, 'db' | 'logger'>,
): ModuleHost {
  const { issuer, audience } = world;
  return {
    assertionKeys: `${url}/.well-known/gateway-jwks.json`,
    auth: { url, issuer, audience, timeoutMs: authTimeoutMs },
    moduleSecret,
    gatewayUrl: url,
    ...by,
  };
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

function bodiesOf({ routes }: ModuleDefinition): Ready['bodies'] {
  return Object.fromEntries(
    routes.flatMap(({ route, handler }) => (handler.body ? [[route.id, handler.body]] : [])),
  );
}

/** What the app's own routers say they serve. */
function routesIn(app: ModuleApp): LiveRoute[] {
  return app.middleware
    .flatMap((middleware) => (middleware as { router?: Router }).router?.stack ?? [])
    .flatMap(({ methods, path }) =>
      methods.filter((method) => method !== 'HEAD').map((method) => ({ method, path: String(path) })),
    );
}
