import type { ModuleDefinition } from '../../modules/kit/define-module.ts';
import type { Manifest } from '../../modules/manifest/manifest.ts';
import { applyCatalog as applyManifests, type ApplyOptions } from '../../platform/core/apply.ts';
import type { CatalogPlan } from '../../platform/core/plan/plan.ts';
import type { Database } from '../../platform/database/database.ts';
import { loadBackend, migrateBackend } from '../catalog/backend.ts';
import { declaredManifests, declaredModules, templateVersionsOf } from '../catalog/declared.ts';
import { cliVersion } from '../version.ts';
import { operatorOf } from './delegation/maker.ts';
import type { Operation } from './platform.ts';

export type ApplyCatalogArgs = Pick<ApplyOptions, 'actor' | 'digest' | 'allowBreaking' | 'allowTypeChange'>;

/**
 * Brings the catalog, and each module's own schema, to what the module folders declare. Returns what that changed.
 * Throws CliError 4 for a module whose code cannot be loaded, before anything is changed.
 */
export const applyCatalog: Operation<ApplyCatalogArgs, CatalogPlan> = async ({ db }, args) => {
  const { actor } = await operatorOf(db, args.actor, 'applying the catalog');
  const modules = declaredModules();
  const manifests = modules.map(({ manifest }) => manifest);
  const templateVersions = await templateVersionsOf(modules);
  const backends: ModuleDefinition[] = [];
  const admitted = async () => {
    for (const { key } of manifests) {
      const backend = await loadBackend(key);
      if (backend) backends.push(backend);
    }
  };
  const options = { ...args, actor, admitted, templateVersions, cliVersion: cliVersion() };
  const plan = await applyManifests(db, manifests, options);
  for (const backend of backends) await migrateBackend(db, backend);
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
