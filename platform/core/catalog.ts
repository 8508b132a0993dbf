import type { Knex } from 'knex';
import type { Manifest, ManifestRoute } from '../../modules/manifest/manifest.ts';
import type { CatalogData } from '../../policies/contract.ts';
import { versionOf } from '../versions.ts';

export type CatalogRoute = ManifestRoute;

/** What is sold and served, at one moment. */
export interface Catalog {
  version: number;
  /** For policy. */
  data: CatalogData;
  /** For finding and forwarding. */
  routes: CatalogRoute[];
  /** Service key → base URL, `null` where none is known yet. */
  services: Record<string, string | null>;
  /** As they were applied last, by key; for the description of the API. */
  manifests: Manifest[];
}

/** Rows of one table as a JSON object, key → value. */
const object = (table: string, key: string, value: string): string =>
  `(select coalesce(jsonb_object_agg(${key}, ${value} order by ${key}), '{}') from core.${table})`;

/** `key` of each wired row, grouped: `{ "<of>": { "<member>": true } }`. */
const sets = (table: string, of: string, member: string): string =>
  `(select coalesce(jsonb_object_agg(of, members), '{}') from (
    select ${of} as of, jsonb_object_agg(${member}, true) as members from core.${table} group by 1
  ) as grouped)`;

/** One statement is one snapshot: no half of a change is ever seen. */
const SQL = `select
  (select version from core.catalog_version) as version,
  ${object('services', 'key', 'base_url')} as services,
  ${object('modules', 'key', `jsonb_build_object('type', type)`)} as modules,
  ${object('module_permissions', 'key', `jsonb_build_object('module', module_key)`)} as permissions,
  ${object('owned_entities', 'key', `jsonb_build_object('module', module_key, 'shared', shared)`)} as entities,
  ${sets('read_entities', 'reader_key', `owner_key || '.' || entity`)} as reads,
  (select array_to_json(array(select key from core.packages order by 1))) as package_keys,
  (select array_to_json(array(select key from core.addons order by 1))) as addon_keys,
  ${sets('package_modules', 'package_key', 'module_key')} as package_modules,
  ${sets('addon_modules', 'addon_key', 'module_key')} as addon_modules,
  ${sets('addon_bases', 'addon_key', 'module_key')} as addon_bases,
  (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
    'id', id, 'service', service_key, 'method', method, 'path', path, 'access', access, 'module', module_key,
    'permission', permission_key, 'entity', entity, 'headers', to_jsonb(headers))) order by id), '[]') from core.routes) as routes,
  (select coalesce(jsonb_agg(manifest order by key), '[]')
    from core.module_manifests where manifest is not null) as manifests`;

type Sets = CatalogData['reads'];

interface CatalogRow extends Pick<CatalogData, 'modules' | 'permissions' | 'entities' | 'reads'> {
  version: unknown;
  services: Catalog['services'];
  package_keys: string[];
  addon_keys: string[];
  package_modules: Sets;
  addon_modules: Sets;
  addon_bases: Sets;
  routes: CatalogRoute[];
  manifests: Manifest[];
}

/** The catalog as it stands in the database now. Throws when it cannot be had. */
export async function readCatalog(db: Knex): Promise<Catalog> {
  const { rows } = await db.raw<{ rows: CatalogRow[] }>(SQL);
  const row = rows[0];
  if (!row) throw new Error('The catalog cannot be read: the database answered with no row.');
  const { modules, permissions, entities, reads, routes, services, manifests } = row;
  const packages = Object.fromEntries(
    row.package_keys.map((key) => [key, { modules: row.package_modules[key] ?? {} }]),
  );
  const addons = Object.fromEntries(
    row.addon_keys.map((key) => {
      const bases = row.addon_bases[key];
      return [key, { modules: row.addon_modules[key] ?? {}, ...(bases ? { bases } : {}) }];
    }),
  );
  return {
    version: versionOf(row.version),
    data: { modules, packages, addons, permissions, routes: policyRoutes(routes), entities, reads },
    routes,
    services,
    manifests,
  };
}

/** What policy needs to know of a route; the rest is the gateway's. */
export function policyRoutes(routes: CatalogRoute[]): CatalogData['routes'] {
  return Object.fromEntries(
    routes.map(({ id, access, method, module, permission, entity }) => [
      id,
      {
        access,
        method,
        ...(module === undefined ? {} : { module }),
        ...(permission === undefined ? {} : { permission }),
        ...(entity === undefined ? {} : { entity }),
      },
    ]),
  );
}
