import type { Knex } from 'knex';
import type { Manifest } from '../../../modules/manifest/manifest.ts';
import { versionOf } from '../../versions.ts';
import { manifestParts, named, packageOf, type CatalogEntry, type Facts } from './entry.ts';

/** A module as the database holds it; `manifest` null: from before manifests were kept. */
export interface StoredEntry extends CatalogEntry {
  status: 'active' | 'orphaned';
  manifest: Manifest | null;
  manifestSha256: string | null;
  templateVersion: string | null;
}

/** All that the database holds of the catalog, at one moment. */
export interface CatalogState {
  version: number;
  entries: StoredEntry[];
}

interface Row {
  [column: string]: string | null;
}

interface Rows {
  version: unknown;
  modules: { key: string; type: 'base' | 'addon'; title: string; purpose: string; uid: string }[];
  manifests: {
    uid: string;
    key: string;
    type: Manifest['type'];
    manifest: Manifest | null;
    manifest_sha256: string | null;
    template_version: string | null;
    status: StoredEntry['status'];
  }[];
  services: Row[];
  permissions: (Row & { key: string; title: string })[];
  entities: { module_key: string; entity: string; plural: string; shared: boolean }[];
  reads: Row[];
  routes: (Facts & { id: string; service_key: string })[];
  packages: { key: string; title: string; module_key: string }[];
  addons: { key: string; title: string; module_key: string; bases: string[] }[];
}

const rows = (from: string): string =>
  `(select coalesce(jsonb_agg(to_jsonb(it)), '[]') from (${from}) as it)`;

/** One statement is one snapshot: no half of a change is ever seen. */
const SQL = `select
  (select version from core.catalog_version) as version,
  ${rows('select * from core.modules')} as modules,
  ${rows('select * from core.module_manifests')} as manifests,
  ${rows('select key from core.services')} as services,
  ${rows('select * from core.module_permissions')} as permissions,
  ${rows('select * from core.owned_entities')} as entities,
  ${rows('select * from core.read_entities')} as reads,
  ${rows('select * from core.routes')} as routes,
  ${rows('select key, title, module_key from core.packages join core.package_modules on package_key = key')} as packages,
  ${rows(`select key, title, module_key, array(
    select b.module_key from core.addon_bases as b where b.addon_key = key order by 1
  ) as bases from core.addons join core.addon_modules on addon_key = key`)} as addons`;

/** Everything the catalog's tables and the stored manifests say now. */
export async function readState(db: Knex): Promise<CatalogState> {
  const answer = await db.raw<{ rows: Rows[] }>(SQL);
  const found = answer.rows[0];
  if (!found) throw new Error('The catalog cannot be read: the database answered with no row.');
  const systems = found.manifests.filter(({ type }) => type === 'system');
  const known = [
    ...found.modules,
    ...systems.map(({ uid, key, type, manifest }) => ({
      uid,
      key,
      type,
      title: manifest?.title ?? '',
      purpose: manifest?.purpose ?? '',
    })),
  ];
  return {
    version: versionOf(found.version),
    entries: known.map((module) => entryOfRows(module, found)).toSorted((a, b) => (a.key < b.key ? -1 : 1)),
  };
}

type Module = Pick<Manifest, 'uid' | 'key' | 'type' | 'title' | 'purpose'>;

function entryOfRows({ uid, key, type, title, purpose }: Module, found: Rows): StoredEntry {
  const stored = found.manifests.find((it) => it.uid === uid);
  const manifest = stored?.manifest ?? null;
  const own = (name: unknown): boolean => String(name).split('.')[0] === key;
  return {
    uid,
    key,
    type,
    status: stored?.status ?? 'active',
    manifest,
    manifestSha256: stored?.manifest_sha256 ?? null,
    templateVersion: stored?.template_version ?? null,
    parts: {
      module: { [key]: { title, purpose } },
      service: named(
        found.services.filter((it) => own(it['key'])),
        (it) => it['key']!,
        () => ({}),
      ),
      permission: named(
        found.permissions.filter((it) => own(it.key)),
        (it) => it.key,
        (it) => ({ title: it.title }),
      ),
      entity: named(
        found.entities.filter((it) => it.module_key === key),
        ({ entity }) => entity,
        ({ plural, shared }) => ({ plural, shared }),
      ),
      read: named(
        found.reads.filter((it) => it['reader_key'] === key),
        (it) => `${it['owner_key']}.${it['entity']}`,
        () => ({}),
      ),
      route: named(
        found.routes.filter(({ id }) => own(id)),
        ({ id }) => id,
        routeFacts,
      ),
      sale: {
        ...named(
          found.packages.filter((it) => it.key === packageOf(key) && it.module_key === key),
          (it) => `package ${it.key}`,
          (it) => ({ title: it.title }),
        ),
        ...named(
          found.addons.filter((it) => it.key === key && it.module_key === key),
          (it) => `add-on ${it.key}`,
          ({ title, bases }) => ({ title, bases: bases.toSorted() }),
        ),
      },
      ...manifestParts(manifest),
    },
  };
}

/** As a manifest would say it: what is empty is left out. */
function routeFacts(row: Facts & { service_key: string }): Facts {
  const { service_key, method, path, access, module_key, permission_key, entity, headers } = row;
  return {
    service: service_key,
    method,
    path,
    access,
    ...(module_key ? { module: module_key } : {}),
    ...(permission_key ? { permission: permission_key } : {}),
    ...(entity ? { entity } : {}),
    headers,
  };
}
