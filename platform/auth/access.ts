import type { Knex } from 'knex';
import type { AccessFacts, RoleFacts } from '../../policies/contract.ts';
import { versionOf } from '../versions.ts';
import { addonOf, list, momentOf, roleOf, statusOf, strange, subscriptionOf, text } from './access-row.ts';

/** Everything known of one user in one company at one moment, and until when the clock alone leaves it true. */
export interface AccessRecord {
  facts: AccessFacts;
  role: ({ key: string } & RoleFacts) | null;
  /** Business units the membership is limited to, sorted; null: all there are. */
  units: string[] | null;
  /** `token` is null when there is no such user. */
  versions: { token: number | null; access: number; entitlement: number };
  /** Until anything bought starts or ends, or a grant ends, in ms by the database's clock; null: never. */
  changesInMs: number | null;
}

/** Rows of one thing that the company of `m` bought, judged by the database's clock. */
export const bought = (table: string, column: string, name: string): string =>
  `(select coalesce(jsonb_agg(jsonb_build_object('${name}', ${column}, 'status', status,
      'started', starts_at <= statement_timestamp(), 'ended', coalesce(ends_at <= statement_timestamp(), false))
      order by starts_at, ${column}), '[]')
    from core.${table} where company_id = m.company_id)`;

/** Keys that are granted to the membership `m` now, by the database's clock. */
export const granted = (table: string, column: string): string =>
  `(select coalesce(jsonb_agg(${column} order by ${column}), '[]')
    from auth.${table} where (user_id, company_id) = (m.user_id, m.company_id)
      and coalesce(ends_at > statement_timestamp(), true))`;

/** The business units the membership `m` is limited to; null: it is not limited. */
export const limitedTo = `case when m.limited then (
    select coalesce(jsonb_agg(unit_key order by unit_key), '[]')
    from auth.membership_units where (user_id, company_id) = (m.user_id, m.company_id)) end`;

/** Everything hangs on the membership `m`: without one, nothing of the company is seen, nor whether it exists. */
const SQL = `select
  pg_is_in_recovery() as standby, m.status, r.key as role, r.can_manage_users, r.can_buy_addons, r.can_grant,
  u.token_version as token, coalesce(a.version, 0) as access, coalesce(e.version, 0) as entitlement,
  ${bought('company_subscriptions', 'package_key', 'package')} as subscriptions,
  ${bought('company_addons', 'addon_key', 'addon')} as addons,
  ${granted('module_grants', 'module_key')} as modules,
  ${granted('permission_grants', 'permission_key')} as permissions,
  ${limitedTo} as units,
  (select cast(ceil(extract(epoch from min(moment) - statement_timestamp()) * 1000) as float8) from (
    select unnest(array[starts_at, ends_at]) as moment from core.company_subscriptions where company_id = m.company_id
    union all
    select unnest(array[starts_at, ends_at]) from core.company_addons where company_id = m.company_id
    union all
    select ends_at from auth.module_grants where (user_id, company_id) = (m.user_id, m.company_id)
    union all
    select ends_at from auth.permission_grants where (user_id, company_id) = (m.user_id, m.company_id)
  ) as moments where moment > statement_timestamp()) as changes_in_ms
from (select cast(:userId as uuid) as user_id, cast(:companyId as uuid) as company_id) as asked
left join auth.users u on u.id = asked.user_id
left join auth.memberships m on (m.user_id, m.company_id) = (asked.user_id, asked.company_id)
left join auth.tenant_roles r on r.key = m.role
left join auth.access_versions a on (a.user_id, a.company_id) = (asked.user_id, asked.company_id)
left join core.company_entitlement_versions e on e.company_id = m.company_id`;

/** `null`: no such user. Throws when the database cannot answer. */
export async function readUser(db: Knex, userId: string): Promise<{ tokenVersion: number } | null> {
  const { rows } = await db.raw<{ rows: { standby: unknown; token: unknown }[] }>(
    `select pg_is_in_recovery() as standby, (select token_version from auth.users where id = :userId) as token`,
    { userId },
  );
  const row = rows[0];
  if (!row) throw strange('one row was expected');
  refuseStandby(row.standby);
  return row.token === null ? null : { tokenVersion: versionOf(row.token) };
}

/**
 * All facts in one statement, so of one moment. A company that does not exist and one without this member look the same.
 * Throws when the database cannot answer or answers with a row that cannot be: access is never guessed.
 */
export async function readAccess(db: Knex, userId: string, companyId: string): Promise<AccessRecord> {
  const { rows } = await db.raw<{ rows: Record<string, unknown>[] }>(SQL, { userId, companyId });
  const row = rows[0];
  if (!row || rows.length !== 1) throw strange('one row was expected');
  refuseStandby(row['standby']);
  const membership = row['status'] === null ? null : { status: statusOf(row['status']) };
  return {
    facts: {
      membership,
      subscriptions: list(row['subscriptions']).map(subscriptionOf),
      addons: list(row['addons']).map(addonOf),
      modules: list(row['modules']).map(text),
      permissions: list(row['permissions']).map(text),
    },
    role: membership && roleOf(row),
    units: membership ? unitsOf(row['units']) : [],
    versions: {
      token: row['token'] === null ? null : versionOf(row['token']),
      access: versionOf(row['access']),
      entitlement: versionOf(row['entitlement']),
    },
    changesInMs: row['changes_in_ms'] === null ? null : momentOf(row['changes_in_ms']),
  };
}

const unitsOf = (value: unknown): string[] | null => (value === null ? null : list(value).map(text));

/** A standby may not have heard yet of what was revoked, and nothing tells how far behind it is. */
function refuseStandby(standby: unknown): void {
  if (standby !== false) throw new Error('the database is a standby: access is read from the primary alone');
}
