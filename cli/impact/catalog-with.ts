import { permissionsOf, routesOf } from '../../modules/manifest/derive.ts';
import type { Manifest } from '../../modules/manifest/manifest.ts';
import { policyRoutes } from '../../platform/core/catalog.ts';
import { packageOf } from '../../platform/core/plan/entry.ts';
import type { CatalogData } from '../../policies/contract.ts';

/** The catalog as it is after `catalog apply` of this one manifest, new or changed. */
export function catalogWith(catalog: CatalogData, manifest: Manifest): CatalogData {
  const { key, type } = manifest;
  const isForeign = (name: string): boolean => name.split('.')[0] !== key;
  const owned = manifest.owns.map(
    ({ entity, shared }) => [`${key}.${entity}`, { module: key, shared }] as const,
  );
  const reads = only(catalog.reads, isForeign);
  const others = {
    ...catalog,
    permissions: only(catalog.permissions, isForeign),
    routes: { ...only(catalog.routes, isForeign), ...policyRoutes(routesOf(manifest)) },
    entities: { ...only(catalog.entities, isForeign), ...Object.fromEntries(owned) },
  };
  if (type === 'system') return others;
  return {
    ...others,
    modules: { ...catalog.modules, [key]: { type } },
    permissions: {
      ...others.permissions,
      ...Object.fromEntries(permissionsOf(manifest).map((it) => [it.key, { module: key }])),
    },
    reads:
      manifest.reads.length === 0
        ? reads
        : { ...reads, [key]: setOf(manifest.reads.map(({ entity }) => entity)) },
    ...sold(catalog, manifest),
  };
}

/** What sells it beside its own package or add-on stays as it is. */
function sold(
  { packages, addons }: CatalogData,
  { key, type, soldWith = [] }: Manifest,
): Pick<CatalogData, 'packages' | 'addons'> {
  if (type === 'base') {
    const modules = { ...packages[packageOf(key)]?.modules, [key]: true as const };
    return { packages: { ...packages, [packageOf(key)]: { modules } }, addons };
  }
  const modules = { ...addons[key]?.modules, [key]: true as const };
  const bases = soldWith.length === 0 ? {} : { bases: setOf(soldWith) };
  return { packages, addons: { ...addons, [key]: { modules, ...bases } } };
}

function only<Value>(table: Record<string, Value>, keep: (name: string) => boolean): Record<string, Value> {
  return Object.fromEntries(Object.entries(table).filter(([name]) => keep(name)));
}

function setOf(keys: readonly string[]): Record<string, true> {
  return Object.fromEntries(keys.map((key) => [key, true as const]));
}
