import type { Knex } from 'knex';

/** One change, as the database kept it in the transaction that made it. */
export interface HistoryEntry {
  at: Date;
  actor: string;
  /** Where it is a user (`user:<id>`), their name now; null: an operator, or a user who is gone. */
  actorName: string | null;
  /** The table: `company_addons`, `memberships`, … */
  what: string;
  /** The row; null: there was none, or there is none any more. */
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  /** Names of those it is about, as they are called now. */
  company: string | null;
  user: string | null;
}

const row = 'coalesce(after, before)';
const companyOf = `case when what = 'companies' then ${row} ->> 'id' else ${row} ->> 'company_id' end`;
const userOf = `case when what = 'users' then ${row} ->> 'id' else ${row} ->> 'user_id' end`;

const SQL = `select at, actor, a.name as "actorName", what, before, after, c.name as company, u.name as "user"
from (
  select *, ${companyOf} as company_id, ${userOf} as user_id from (
    select 1 as source, * from core.entitlement_history
    union all select 2, * from auth.access_history
  ) as kept
) as changes
left join core.companies c on cast(c.id as text) = changes.company_id
left join auth.users u on cast(u.id as text) = changes.user_id
left join auth.users a on 'user:' || a.id = changes.actor
where (:companyId = '' or changes.company_id = :companyId) and (:userId = '' or changes.user_id = :userId)
order by at desc, source, changes.id desc limit :limit`;

/** What changed in entitlements and access, newest first. */
export async function readHistory(
  db: Knex,
  { companyId = '', userId = '', limit }: { companyId?: string; userId?: string; limit: number },
): Promise<HistoryEntry[]> {
  const { rows } = await db.raw<{ rows: HistoryEntry[] }>(SQL, { companyId, userId, limit });
  return rows;
}
