import { migration } from './migration.ts';

/** What each company bought, and when. `ends_at` null: open. A period is `[starts_at, ends_at)`. */
const period = (table: string): string => `
  status text not null constraint ${table}_status
    check (status in ('active', 'trial', 'past_due', 'cancelled', 'expired')),
  starts_at timestamptz not null,
  ends_at timestamptz,
  constraint ${table}_period check (ends_at > starts_at),
  constraint ${table}_finite check (isfinite(starts_at) and (ends_at is null or isfinite(ends_at))),
  constraint ${table}_needs_end check (status in ('active', 'past_due') or ends_at is not null)`;

export const coreSubscriptions = migration('0002-core-subscriptions', {
  up: [
    `create table core.companies (
      id uuid primary key,
      name text not null constraint companies_name check (btrim(name) <> '')
    )`,

    `create table core.company_subscriptions (
      id uuid primary key default gen_random_uuid(),
      company_id uuid not null constraint company_subscriptions_company references core.companies,
      package_key text not null constraint company_subscriptions_package references core.packages,
      ${period('company_subscriptions')},
      constraint company_subscriptions_one_base
        exclude using gist (company_id with =, tstzrange(starts_at, ends_at) with &&) where (package_key like 'basic\\_%')
    )`,
    `create index on core.company_subscriptions (company_id)`,
    `create index on core.company_subscriptions (package_key)`,

    `create table core.company_addons (
      id uuid primary key default gen_random_uuid(),
      company_id uuid not null constraint company_addons_company references core.companies,
      addon_key text not null constraint company_addons_addon references core.addons,
      ${period('company_addons')},
      constraint company_addons_once
        exclude using gist (company_id with =, addon_key with =, tstzrange(starts_at, ends_at) with &&)
    )`,
    `create index on core.company_addons (addon_key)`,

    // Two overlapping rows written at once would wait for each other until one dies as a deadlock; so they take turns.
    `create function core.one_buyer_at_a_time() returns trigger language plpgsql as $$
    begin
      perform from core.companies where id = new.company_id for no key update;
      return new;
    end $$`,
    ...['company_subscriptions', 'company_addons'].map(
      (table) => `create trigger one_buyer_at_a_time before insert or update on core.${table}
        for each row execute function core.one_buyer_at_a_time()`,
    ),
  ],
  down: [
    `drop table core.company_addons, core.company_subscriptions, core.companies`,
    `drop function core.one_buyer_at_a_time()`,
  ],
});
