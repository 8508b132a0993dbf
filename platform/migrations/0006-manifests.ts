import { migration } from './migration.ts';

/** What points to a key that a rename changes: `[table, constraint]`. */
const POINTS_TO_KEY = [
  ['core.package_modules', 'package_modules_package'],
  ['core.package_modules', 'package_modules_module'],
  ['core.addon_modules', 'addon_modules_addon'],
  ['core.addon_modules', 'addon_modules_module'],
  ['core.addon_bases', 'addon_bases_addon'],
  ['core.addon_bases', 'addon_bases_module'],
  ['core.module_permissions', 'module_permissions_module'],
  ['core.services', 'services_module'],
  ['core.owned_entities', 'owned_entities_module'],
  ['core.read_entities', 'read_entities_reader'],
  ['core.read_entities', 'read_entities_owned'],
  ['core.routes', 'routes_service'],
  ['core.routes', 'routes_entity'],
  ['core.routes', 'routes_permission'],
  ['core.company_subscriptions', 'company_subscriptions_package'],
  ['core.company_addons', 'company_addons_addon'],
  ['auth.module_grants', 'module_grants_module'],
  ['auth.permission_grants', 'permission_grants_permission'],
] as const;

const alterAll = (how: string): string[] =>
  POINTS_TO_KEY.map(([table, constraint]) => `alter table ${table} alter constraint ${constraint} ${how}`);

/** Each module's and system's manifest as it was applied last, and what every application changed. */
export const manifests = migration('0006-manifests', {
  up: [
    // Cascading would break the checks that hold a key and its prefix together; so a rename updates each row whole,
    // and what points to what is judged when all of it is done.
    ...alterAll('deferrable initially immediate'),

    `create table core.module_manifests (
      uid text primary key,
      key text not null constraint module_manifests_key_once unique,
      type text not null constraint module_manifests_type check (type in ('base', 'addon', 'system')),
      manifest jsonb,
      manifest_sha256 text,
      template_version text,
      status text not null constraint module_manifests_status check (status in ('active', 'orphaned')),
      applied_at timestamptz not null default now(),
      applied_by text not null default core.actor(),
      cli_version text not null,
      constraint module_manifests_known check (
        (manifest is null) = (manifest_sha256 is null) and (manifest is not null or status = 'orphaned')
      )
    )`,

    `create table core.catalog_events (
      id bigserial primary key,
      at timestamptz not null default now(),
      actor text not null default core.actor(),
      uid text not null,
      module text not null,
      kind text not null constraint catalog_events_kind
        check (kind in ('add', 'change', 'rename', 'retype', 'orphan', 'revive')),
      detail jsonb not null,
      plan_digest text not null,
      cli_version text not null
    )`,
    `create index on core.catalog_events (uid)`,

    `create trigger catalog_changed after insert or update or delete on core.module_manifests
      for each row execute function core.catalog_changed()`,
    ...['module_manifests', 'catalog_events'].map(
      (table) => `create trigger refuse_truncate before truncate on core.${table}
        for each statement execute function core.refuse_truncate()`,
    ),
  ],
  down: [`drop table core.catalog_events, core.module_manifests`, ...alterAll('not deferrable')],
});
