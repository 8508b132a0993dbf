import { createModuleApp } from '../../modules/kit/app.ts';
import type { ModuleDefinition } from '../../modules/kit/define-module.ts';
import type { ModuleHost } from '../../modules/kit/host.ts';
import { listen, type Listening } from '../../modules/kit/listen.ts';
import type { Manifest } from '../../modules/manifest/manifest.ts';
import { moduleSecret } from '../../platform/auth/module-secret.ts';
import { setServiceUrl } from '../../platform/core/services.ts';
import type { Database } from '../../platform/database/database.ts';
import { loadBackend, migrateBackend } from '../catalog/backend.ts';

export interface ServeOptions extends Omit<ModuleHost, 'moduleSecret'> {
  db: Database;
  internalApiKey: string;
}

/** Starts every service that has a backend and tells the catalog where each is. Where one fails, none is left running. */
export async function serveModules(manifests: Manifest[], options: ServeOptions): Promise<Listening[]> {
  const started = await Promise.allSettled(manifests.map((manifest) => serveModule(manifest, options)));
  const running = started.flatMap((it) => (it.status === 'fulfilled' ? it.value : []));
  const failed = started.find((it) => it.status === 'rejected');
  if (!failed) return running;
  await closeAll(running);
  throw failed.reason;
}

/** The main service first: it brings the schema that all share. */
export async function serveModule({ services }: Manifest, options: ServeOptions): Promise<Listening[]> {
  const running: Listening[] = [];
  try {
    for (const service of services) {
      const definition = await loadBackend(service);
      if (definition) running.push(await serve(definition, options));
    }
    return running;
  } catch (error) {
    await closeAll(running);
    throw error;
  }
}

async function closeAll(running: Listening[]): Promise<void> {
  await Promise.all(running.map((it) => it.close()));
}

async function serve(definition: ModuleDefinition, options: ServeOptions): Promise<Listening> {
  const { db, internalApiKey, logger } = options;
  await migrateBackend(db, definition);
  const app = createModuleApp(definition, {
    ...options,
    logger: logger.child({ service: definition.service }),
    moduleSecret: moduleSecret(internalApiKey, definition.manifest.key),
  });
  const listening = await listen(app);
  await setServiceUrl(db, definition.service, listening.url, 'system:start');
  return listening;
}

/** Where backends were last time says nothing about this time. */
export async function forgetServices(db: Database, manifests: Manifest[]): Promise<void> {
  for (const service of manifests.flatMap(({ services }) => services)) {
    await setServiceUrl(db, service, null, 'system:start');
  }
}
