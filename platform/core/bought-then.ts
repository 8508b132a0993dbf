import type { Knex } from 'knex';
import type { Bought } from './companies.ts';

interface Row extends Omit<Bought, 'startsAt' | 'endsAt'> {
  starts_at: Date;
  ends_at: Date | null;
}

/** The newest row of each period that was written until then; one that was removed by then has no `after`. */
const SQL = `select
    case when what = 'company_addons' then 'addon' else 'package' end as kind,
    coalesce(after ->> 'package_key', after ->> 'addon_key') as key,
    after ->> 'status' as status,
    cast(after ->> 'starts_at' as timestamptz) as starts_at,
    cast(after ->> 'ends_at' as timestamptz) as ends_at,
    cast(after ->> 'starts_at' as timestamptz) <= :at as started,
    coalesce(cast(after ->> 'ends_at' as timestamptz) <= :at, false) as ended
  from (
    select distinct on (what, coalesce(after, before) ->> 'id') what, after
    from core.entitlement_history
    where what in ('company_subscriptions', 'company_addons') and at <= :at
      and coalesce(after, before) ->> 'company_id' = :companyId
    order by what, coalesce(after, before) ->> 'id', core.entitlement_history.at desc, id desc
  ) as newest
  where after is not null
  order by kind desc, key, starts_at`;

/** What a company had at a moment, whatever became of it since; by the history the database keeps. */
export async function readBoughtThen(db: Knex, companyId: string, at: Date): Promise<Bought[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(SQL, { companyId, at });
  return rows.map(({ starts_at, ends_at, ...rest }) => ({ ...rest, startsAt: starts_at, endsAt: ends_at }));
}
