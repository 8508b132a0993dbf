import { migration } from './migration.ts';

/** What is sold and what is served. Each named constraint has its sentence in `database/errors.ts`. */
export const coreCatalog = migration('0001-core-catalog', {
  up: [
    `create extension if not exists btree_gist`,
    `create schema if not exists core`,

    `create table core.modules (
      key text primary key constraint modules_key_shape check (key ~ '^[a-z][a-z0-9]*(_[a-z0-9]+)*$'),
      type text not null constraint modules_type_base_or_addon check (type in ('base', 'addon')),
      title text not null,
      purpose text not null,
      uid text not null constraint modules_uid_once unique,
      constraint modules_key_and_type unique (key, type)
    )`,

    `create table core.packages (
      key text primary key constraint packages_key_shape check (key ~ '^[a-z][a-z0-9_]*$'),
      title text not null,
      is_base boolean not null generated always as (key like 'basic\\_%') stored
    )`,

    `create table core.addons (
      key text primary key constraint addons_key_shape check (key ~ '^[a-z][a-z0-9_]*$'),
      title text not null
    )`,

    // The wiring carries the module's type, so that a plain check can judge it and a wired module cannot change it.
    `create table core.package_modules (
      package_key text not null constraint package_modules_package references core.packages on delete cascade,
      module_key text not null,
      module_type text not null,
      is_base boolean not null generated always as (package_key like 'basic\\_%') stored,
      primary key (package_key, module_key),
      constraint package_modules_module foreign key (module_key, module_type) references core.modules (key, type),
      constraint package_modules_base_only_in_basic check (is_base = (module_type = 'base'))
    )`,
    `create unique index package_modules_one_base on core.package_modules (package_key) where is_base`,

    `create table core.addon_modules (
      addon_key text not null constraint addon_modules_addon references core.addons on delete cascade,
      module_key text not null,
      module_type text not null,
      primary key (addon_key, module_key),
      constraint addon_modules_module foreign key (module_key, module_type) references core.modules (key, type),
      constraint addon_modules_never_base check (module_type <> 'base')
    )`,

    // No rows: sold with every base.
    `create table core.addon_bases (
      addon_key text not null constraint addon_bases_addon references core.addons on delete cascade,
      module_key text not null,
      module_type text not null,
      primary key (addon_key, module_key),
      constraint addon_bases_module foreign key (module_key, module_type) references core.modules (key, type),
      constraint addon_bases_only_base check (module_type = 'base')
    )`,

    `create function core.fill_module_type() returns trigger language plpgsql as $$
    begin
      new.module_type := coalesce((select type from core.modules where key = new.module_key), 'none');
      return new;
    end $$`,
    ...['package_modules', 'addon_modules', 'addon_bases'].map(
      (table) => `create trigger fill_module_type before insert or update on core.${table}
        for each row execute function core.fill_module_type()`,
    ),

    // "At most one" is the unique index above; "at least one" can only be judged when the transaction ends.
    `create function core.basic_package_has_base() returns trigger language plpgsql as $$
    declare
      wanted text := case when tg_table_name = 'packages' then to_jsonb(new) ->> 'key' else to_jsonb(old) ->> 'package_key' end;
    begin
      if exists (select from core.packages where key = wanted and is_base)
        and not exists (select from core.package_modules where package_key = wanted) then
        raise exception 'package % has no base module', wanted
          using errcode = 'check_violation', constraint = 'package_modules_one_base';
      end if;
      return null;
    end $$`,
    `create constraint trigger basic_package_has_base after insert or update on core.packages
      deferrable initially deferred for each row execute function core.basic_package_has_base()`,
    `create constraint trigger basic_package_has_base after delete or update on core.package_modules
      deferrable initially deferred for each row execute function core.basic_package_has_base()`,

    `create table core.module_permissions (
      key text primary key
        constraint module_permissions_shape check (key ~ '^[a-z][a-z0-9_]*[.][a-z][a-z0-9_]*[.][a-z][a-z0-9_]*$'),
      module_key text not null constraint module_permissions_module references core.modules on delete cascade,
      title text not null,
      constraint module_permissions_prefix check (split_part(key, '.', 1) = module_key),
      unique (key, module_key)
    )`,

    // A backend: of a module, or of a system outside the catalog (no module).
    `create table core.services (
      key text primary key constraint services_key_shape check (key ~ '^[a-z][a-z0-9_]*([.][a-z][a-z0-9_]*)*$'),
      module_key text constraint services_module references core.modules on delete cascade,
      base_url text constraint services_base_url_shape check (base_url ~ '^https?://[^/?#@]+$'),
      constraint services_prefix check (split_part(key, '.', 1) = module_key)
    )`,

    `create table core.owned_entities (
      module_key text not null constraint owned_entities_module references core.modules on delete cascade,
      entity text not null constraint owned_entities_shape check (entity ~ '^[a-z][a-z0-9_]*$'),
      plural text not null constraint owned_entities_plural_shape check (plural ~ '^[a-z][a-z0-9_]*$'),
      shared boolean not null,
      key text not null generated always as (module_key || '.' || entity) stored constraint owned_entities_key unique,
      primary key (module_key, entity),
      constraint owned_entities_plural_once unique (module_key, plural)
    )`,
    `create unique index owned_entities_shared_name on core.owned_entities (entity) where shared`,

    `create table core.read_entities (
      reader_key text not null constraint read_entities_reader references core.modules on delete cascade,
      owner_key text not null,
      entity text not null,
      primary key (reader_key, owner_key, entity),
      constraint read_entities_owned foreign key (owner_key, entity) references core.owned_entities,
      constraint read_entities_of_others check (reader_key <> owner_key)
    )`,

    `create table core.routes (
      id text primary key constraint routes_id_shape check (id ~ '^[a-z][a-z0-9_]*([.][a-z][a-z0-9_]*)+$'),
      service_key text not null constraint routes_service references core.services,
      method text not null constraint routes_method check (method in ('GET', 'POST', 'PUT', 'PATCH', 'DELETE')),
      path text not null constraint routes_path_shape check (path ~ '^/api(/([A-Za-z0-9_~-][A-Za-z0-9._~-]*|[{][a-z][a-z0-9_]*:[a-z]+[}]))+$'),
      access text not null constraint routes_access check (access in ('module', 'authenticated', 'public')),
      module_key text,
      permission_key text,
      entity text constraint routes_entity references core.owned_entities (key),
      headers text[] not null default '{}',
      shape text not null generated always as (regexp_replace(path, '[{][^:]*:', '{', 'g')) stored,
      constraint routes_own_prefix check (
        starts_with(path, '/api/' || split_part(service_key, '.', 1) || '/')
        and split_part(id, '.', 1) = split_part(service_key, '.', 1)
      ),
      constraint routes_module_needs_permission check (
        (access = 'module') = (module_key is not null) and (access = 'module') = (permission_key is not null)
      ),
      constraint routes_module_of_service check (module_key = split_part(service_key, '.', 1)),
      constraint routes_entity_of_module check (entity is null or coalesce(split_part(entity, '.', 1) = module_key, false)),
      constraint routes_permission foreign key (permission_key, module_key)
        references core.module_permissions (key, module_key),
      constraint routes_once unique (method, shape)
    )`,
  ],
  down: [
    `drop table core.routes, core.read_entities, core.owned_entities, core.services, core.module_permissions,
      core.addon_bases, core.addon_modules, core.package_modules, core.addons, core.packages, core.modules`,
    `drop function core.fill_module_type(), core.basic_package_has_base()`,
  ],
});
