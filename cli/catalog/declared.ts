import { permissionsOf, routesOf } from '../../modules/manifest/derive.ts';
import { discoverManifests, type DiscoveredManifest } from '../../modules/manifest/discover.ts';
import type { Manifest } from '../../modules/manifest/manifest.ts';
import { CliError, EXIT } from '../errors.ts';
import { readLock } from '../scaffold/lock.ts';

/** What the module folders declare. Throws CliError 4 where there is none: nothing was looked at. */
export function declaredModules(): DiscoveredManifest[] {
  const found = discoverManifests();
  if (found.length === 0) throw nothingDeclared();
  return found;
}

export function declaredManifests(): Manifest[] {
  return declaredModules().map(({ manifest }) => manifest);
}

export function nothingDeclared(): CliError {
  return new CliError(
    EXIT.precondition,
    'no module.yaml stands under modules/ or systems/: make one with "kisum-cli new module"',
  );
}

/** How much was looked at. */
export function countsOf(manifests: readonly Manifest[]): Record<string, number> {
  return {
    modules: manifests.length,
    entities: manifests.flatMap(({ owns }) => owns).length,
    permissions: manifests.flatMap(permissionsOf).length,
    routes: manifests.flatMap(routesOf).length,
    services: manifests.flatMap(({ services }) => services).length,
  };
}

/** uid → version of the template the module was made from, where it was made from one. */
export async function templateVersionsOf(modules: DiscoveredManifest[]): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const { manifest, folder } of modules) {
    const lock = await readLock(folder);
    if (lock) versions[manifest.uid] = lock.generator.version;
  }
  return versions;
}
