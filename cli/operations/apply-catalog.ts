import { loadModule } from '../../modules/load.ts';
import { migrateModule } from '../../modules/kit/migrate.ts';
import type { Manifest } from '../../modules/manifest/manifest.ts';
import { applyCatalog as applyManifests, type ApplyOptions } from '../../platform/core/apply.ts';
import type { CatalogPlan } from '../../platform/core/plan/plan.ts';
import type { Database } from '../../platform/database/database.ts';
import { declaredManifests, declaredModules, templateVersionsOf } from '../catalog/declared.ts';
import { cliVersion } from '../version.ts';
import type { Operation } from './platform.ts';

export type ApplyCatalogArgs = Pick<ApplyOptions, 'actor' | 'digest' | 'allowBreaking' | 'allowTypeChange'>;

/** Brings the catalog, and each module's own schema, to what the module folders declare. Returns what that changed. */
export const applyCatalog: Operation<ApplyCatalogArgs, CatalogPlan> = async ({ db }, args) => {
  const modules = declaredModules();
  const manifests = modules.map(({ manifest }) => manifest);
  const templateVersions = await templateVersionsOf(modules);
  const plan = await applyManifests(db, manifests, { ...args, templateVersions, cliVersion: cliVersion() });
  for (const { key } of manifests) await migrateBackend(db, key);
  return plan;
};

/**
 * Brings the catalog to the module folders where nobody else is served by it: for development and tests.
 * Whatever a change of the folders breaks is broken; a module that changed its type is refused.
 */
export async function registerModules(db: Database): Promise<Manifest[]> {
  const manifests = declaredManifests();
  await applyManifests(db, manifests, {
    actor: 'system:registration',
    allowBreaking: true,
    cliVersion: cliVersion(),
  });
  return manifests;
}

async function migrateBackend(db: Database, key: string): Promise<void> {
  const definition = await loadModule(key);
  if (definition && definition.migrations.length > 0) await migrateModule(db, definition);
}
