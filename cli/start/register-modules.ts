import { permissionsOf, routesOf } from '../../modules/manifest/derive.ts';
import { discoverManifests } from '../../modules/manifest/discover.ts';
import type { Manifest } from '../../modules/manifest/manifest.ts';
import { registerManifest, sellModule } from '../../platform/core/registration.ts';
import type { Database } from '../../platform/database/database.ts';

/** Brings the catalog to what the module folders declare. Those that are read from come first. */
export async function registerModules(db: Database): Promise<Manifest[]> {
  const manifests = discoverManifests().map(({ manifest }) => manifest);
  for (const manifest of readersLast(manifests)) {
    await registerManifest(db, manifest, routesOf(manifest), permissionsOf(manifest));
    if (manifest.type !== 'system') await sellModule(db, manifest);
  }
  return manifests;
}

const readersLast = (manifests: Manifest[]) => manifests.toSorted((a, b) => a.reads.length - b.reads.length);
