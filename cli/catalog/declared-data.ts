import { permissionsOf, routesOf } from '../../modules/manifest/derive.ts';
import type { Manifest, ManifestRoute } from '../../modules/manifest/manifest.ts';
import type { CatalogData } from '../../policies/contract.ts';
import { packageOf } from '../../platform/core/plan/entry.ts';

/** What the policy is given once these manifests are applied, without a database; a test holds the two equal. */
export function declaredData(manifests: readonly Manifest[]): CatalogData {
  const sold = manifests.flatMap(({ key, type, soldWith }) =>
    type === 'system' ? [] : [{ key, type, soldWith }],
  );
  const bases = sold.filter(({ type }) => type === 'base');
  const addons = sold.filter(({ type }) => type === 'addon');
  const readers = manifests.filter(({ reads }) => reads.length > 0);
  return {
    modules: table(sold, ({ key, type }) => [key, { type }]),
    packages: table(bases, ({ key }) => [packageOf(key), { modules: setOf([key]) }]),
    addons: table(addons, ({ key, soldWith = [] }) => [
      key,
      { modules: setOf([key]), ...(soldWith.length > 0 ? { bases: setOf(soldWith) } : {}) },
    ]),
    permissions: table(
      manifests.flatMap((manifest) =>
        permissionsOf(manifest).map(({ key }) => ({ key, module: manifest.key })),
      ),
      ({ key, module }) => [key, { module }],
    ),
    routes: table(manifests.flatMap(routesOf), (route) => [route.id, policyRoute(route)]),
    entities: table(
      manifests.flatMap(({ key, owns }) => owns.map(({ entity, shared }) => ({ key, entity, shared }))),
      ({ key, entity, shared }) => [`${key}.${entity}`, { module: key, shared }],
    ),
    reads: table(readers, ({ key, reads }) => [key, setOf(reads.map(({ entity }) => entity))]),
  };
}

function policyRoute({
  access,
  method,
  module,
  permission,
  entity,
}: ManifestRoute): CatalogData['routes'][string] {
  return {
    access,
    method,
    ...(module === undefined ? {} : { module }),
    ...(permission === undefined ? {} : { permission }),
    ...(entity === undefined ? {} : { entity }),
  };
}

function table<T, V>(items: readonly T[], row: (item: T) => [string, V]): Record<string, V> {
  return Object.fromEntries(items.map(row).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function setOf(keys: readonly string[]): Record<string, true> {
  return Object.fromEntries(keys.toSorted().map((key) => [key, true]));
}
