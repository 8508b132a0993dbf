import { migration } from './migration.ts';

const CATALOG = [
  'modules',
  'packages',
  'addons',
  'package_modules',
  'addon_modules',
  'addon_bases',
  'module_permissions',
  'services',
  'routes',
  'owned_entities',
  'read_entities',
].map((table) => `core.${table}`);
const BOUGHT = ['core.company_subscriptions', 'core.company_addons'];
const WIRING = ['core.package_modules', 'core.addon_modules', 'core.addon_bases'];
const ACCESS = ['auth.memberships', 'auth.module_grants', 'auth.permission_grants'];
const WATCHED = [...CATALOG, ...BOUGHT, ...ACCESS, 'auth.users', 'auth.tenant_roles'];

const onEveryChange = (tables: string[], work: string): string[] =>
  tables.map((table) => {
    const name = work.slice(work.indexOf('.') + 1);
    return `create trigger ${name} after insert or update or delete on ${table} for each row execute function ${work}()`;
  });

/**
 * The database raises the versions itself, in the transaction of the change, and keeps history.
 * One raise in a transaction is enough: others see all of it or nothing. The row lock of the counter puts
 * concurrent transactions in line, so no two changes ever share a version.
 */
export const versions = migration('0004-versions', {
  up: [
    `create table core.catalog_version (
      single boolean primary key default true constraint catalog_version_single check (single),
      version bigint not null
    )`,
    `insert into core.catalog_version (version) values (0)`,
    // These two outlive what they count, so that a version never goes back.
    `create table core.company_entitlement_versions (company_id uuid primary key, version bigint not null)`,
    `create table auth.access_versions (
      user_id uuid, company_id uuid, version bigint not null, primary key (user_id, company_id)
    )`,
    `create table auth.retired_users (user_id uuid primary key, token_version bigint not null)`,

    `create table core.version_changes (
      id bigserial primary key,
      txid xid8 not null default pg_current_xact_id(),
      at timestamptz not null default statement_timestamp(),
      kind text not null constraint version_changes_kind check (kind in ('catalog', 'entitlement', 'access', 'token')),
      user_id uuid,
      company_id uuid,
      version bigint not null
    )`,
    `create index version_changes_txid on core.version_changes (txid)`,
    `create index version_changes_at on core.version_changes (at)`,

    `create table core.entitlement_history (
      id bigserial primary key,
      at timestamptz not null default statement_timestamp(),
      actor text not null,
      what text not null,
      before jsonb,
      after jsonb
    )`,
    `create table auth.access_history (like core.entitlement_history including all)`,

    `create function core.actor() returns text language sql stable as $$
      select coalesce(nullif(current_setting('kisum.actor', true), ''), 'database:' || current_user)
    $$`,

    `create function core.raised_already(of_kind text, of_user uuid, of_company uuid) returns boolean language sql as $$
      select exists (
        select from core.version_changes
        where txid = pg_current_xact_id() and kind = of_kind
          and user_id is not distinct from of_user and company_id is not distinct from of_company
      )
    $$`,

    `create function core.raise_entitlement(of_company uuid) returns void language plpgsql as $$
    declare raised bigint;
    begin
      if core.raised_already('entitlement', null, of_company) then return; end if;
      insert into core.company_entitlement_versions as counted values (of_company, 1)
        on conflict (company_id) do update set version = counted.version + 1
        returning version into raised;
      insert into core.version_changes (kind, company_id, version) values ('entitlement', of_company, raised);
    end $$`,

    `create function auth.raise_access(of_user uuid, of_company uuid) returns void language plpgsql as $$
    declare raised bigint;
    begin
      if core.raised_already('access', of_user, of_company) then return; end if;
      insert into auth.access_versions as counted values (of_user, of_company, 1)
        on conflict (user_id, company_id) do update set version = counted.version + 1
        returning version into raised;
      insert into core.version_changes (kind, user_id, company_id, version) values ('access', of_user, of_company, raised);
    end $$`,

    `create function core.catalog_changed() returns trigger language plpgsql as $$
    declare raised bigint;
    begin
      if to_jsonb(old) is not distinct from to_jsonb(new) or core.raised_already('catalog', null, null) then
        return null;
      end if;
      update core.catalog_version set version = version + 1 returning version into raised;
      insert into core.version_changes (kind, version) values ('catalog', raised);
      return null;
    end $$`,

    `create function core.entitlement_changed() returns trigger language plpgsql as $$
    declare
      was jsonb := to_jsonb(old);
      becomes jsonb := to_jsonb(new);
    begin
      if was is not distinct from becomes then return null; end if;
      insert into core.entitlement_history (actor, what, before, after) values (core.actor(), tg_table_name, was, becomes);
      perform core.raise_entitlement(company)
        from (select distinct (side ->> 'company_id')::uuid as company
              from unnest(array[was, becomes]) as side where side is not null order by 1) as touched;
      return null;
    end $$`,

    `create function core.wiring_changed() returns trigger language plpgsql as $$
    declare
      was jsonb := to_jsonb(old);
      becomes jsonb := to_jsonb(new);
    begin
      if was is not distinct from becomes then return null; end if;
      insert into core.entitlement_history (actor, what, before, after) values (core.actor(), tg_table_name, was, becomes);
      perform core.raise_entitlement(company_id) from (
        select company_id from core.company_subscriptions
          where package_key in (was ->> 'package_key', becomes ->> 'package_key')
        union
        select company_id from core.company_addons
          where addon_key in (was ->> 'addon_key', becomes ->> 'addon_key')
        order by 1
      ) as subscribed;
      return null;
    end $$`,

    `create function auth.access_changed() returns trigger language plpgsql as $$
    declare
      was jsonb := to_jsonb(old);
      becomes jsonb := to_jsonb(new);
    begin
      if was is not distinct from becomes then return null; end if;
      insert into auth.access_history (actor, what, before, after) values (core.actor(), tg_table_name, was, becomes);
      perform auth.raise_access(of_user, of_company)
        from (select distinct (side ->> 'user_id')::uuid as of_user, (side ->> 'company_id')::uuid as of_company
              from unnest(array[was, becomes]) as side where side is not null order by 1, 2) as touched;
      return null;
    end $$`,

    `create function auth.role_changed() returns trigger language plpgsql as $$
    begin
      if old is not distinct from new then return null; end if;
      insert into auth.access_history (actor, what, before, after)
        values (core.actor(), tg_table_name, to_jsonb(old), to_jsonb(new));
      perform auth.raise_access(user_id, company_id)
        from (select user_id, company_id from auth.memberships where role = new.key order by 1, 2) as touched;
      return null;
    end $$`,

    // A user who comes back must not meet the tokens issued before.
    `create function auth.token_version_only_rises() returns trigger language plpgsql as $$
    begin
      if tg_op = 'INSERT' then
        new.token_version := greatest(
          new.token_version, (select token_version + 1 from auth.retired_users where user_id = new.id));
      elsif new.id <> old.id or new.token_version < old.token_version then
        raise exception 'user % would have tokens valid again', old.id
          using errcode = 'check_violation', constraint = 'users_token_version_only_rises';
      end if;
      return new;
    end $$`,

    `create function auth.user_changed() returns trigger language plpgsql as $$
    declare who uuid := coalesce(new.id, old.id);
    begin
      if old is not distinct from new then return null; end if;
      insert into auth.access_history (actor, what, before, after)
        values (core.actor(), tg_table_name, to_jsonb(old), to_jsonb(new));
      if tg_op = 'DELETE' then
        insert into auth.retired_users as retired values (who, old.token_version)
          on conflict (user_id) do update set token_version = greatest(retired.token_version, excluded.token_version);
        insert into core.version_changes (kind, user_id, version) values ('token', who, old.token_version + 1);
      elsif old.token_version is distinct from new.token_version then
        insert into core.version_changes (kind, user_id, version) values ('token', who, new.token_version);
      end if;
      return null;
    end $$`,

    `create function core.refuse_truncate() returns trigger language plpgsql as $$
    begin
      raise exception 'truncate of %', tg_table_name using errcode = 'check_violation', constraint = 'never_truncated';
    end $$`,

    ...onEveryChange(CATALOG, 'core.catalog_changed'),
    ...onEveryChange(BOUGHT, 'core.entitlement_changed'),
    ...onEveryChange(WIRING, 'core.wiring_changed'),
    ...onEveryChange(ACCESS, 'auth.access_changed'),
    ...onEveryChange(['auth.users'], 'auth.user_changed'),
    `create trigger role_changed after update on auth.tenant_roles for each row execute function auth.role_changed()`,
    `create trigger token_version_only_rises before insert or update on auth.users
      for each row execute function auth.token_version_only_rises()`,
    ...WATCHED.map(
      (table) => `create trigger refuse_truncate before truncate on ${table}
        for each statement execute function core.refuse_truncate()`,
    ),
  ],
  down: [
    `drop trigger token_version_only_rises on auth.users`,
    `drop trigger role_changed on auth.tenant_roles`,
    `drop trigger user_changed on auth.users`,
    ...ACCESS.map((table) => `drop trigger access_changed on ${table}`),
    ...WIRING.map((table) => `drop trigger wiring_changed on ${table}`),
    ...BOUGHT.map((table) => `drop trigger entitlement_changed on ${table}`),
    ...CATALOG.map((table) => `drop trigger catalog_changed on ${table}`),
    ...WATCHED.map((table) => `drop trigger refuse_truncate on ${table}`),
    `drop function core.refuse_truncate(), auth.user_changed(), auth.token_version_only_rises(), auth.role_changed(),
      auth.access_changed(), core.wiring_changed(), core.entitlement_changed(), core.catalog_changed(),
      auth.raise_access(uuid, uuid), core.raise_entitlement(uuid), core.raised_already(text, uuid, uuid), core.actor()`,
    `drop table auth.access_history, core.entitlement_history, core.version_changes, auth.retired_users,
      auth.access_versions, core.company_entitlement_versions, core.catalog_version`,
  ],
});
