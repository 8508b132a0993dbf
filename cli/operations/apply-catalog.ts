import { loadModule } from '../../modules/load.ts';
import { migrateModule } from '../../modules/kit/migrate.ts';
import { permissionsOf, routesOf } from '../../modules/manifest/derive.ts';
import { discoverManifests } from '../../modules/manifest/discover.ts';
import type { Manifest } from '../../modules/manifest/manifest.ts';
import { registerManifest, sellModule } from '../../platform/core/registration.ts';
import type { Database } from '../../platform/database/database.ts';
import type { Operation } from './platform.ts';

/** Brings the catalog, and each module's own schema, to what the module folders declare. Returns their keys. */
export const applyCatalog: Operation<Record<string, never>, string[]> = async ({ db }) => {
  const manifests = await registerModules(db);
  for (const { key } of manifests) await migrateBackend(db, key);
  return manifests.map(({ key }) => key);
};

/** Registers every declared module and puts it on sale. Those that are read from come first. */
export async function registerModules(db: Database): Promise<Manifest[]> {
  const manifests = discoverManifests()
    .map(({ manifest }) => manifest)
    .toSorted((a, b) => a.reads.length - b.reads.length);
  for (const manifest of manifests) {
    await registerManifest(db, manifest, routesOf(manifest), permissionsOf(manifest));
    if (manifest.type !== 'system') await sellModule(db, manifest);
  }
  return manifests;
}

async function migrateBackend(db: Database, key: string): Promise<void> {
  const definition = await loadModule(key);
  if (definition && definition.migrations.length > 0) await migrateModule(db, definition);
}
