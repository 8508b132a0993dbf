import type { Knex } from 'knex';
import type { MembershipStatus } from '../../policies/contract.ts';
import { limitedTo } from './access.ts';

/** One user in one company, with what was granted there. */
export interface Membership {
  user: { id: string; name: string; email: string };
  company: { id: string; name: string };
  role: string;
  status: MembershipStatus;
  /** Keys, sorted. */
  modules: string[];
  permissions: string[];
  /** Business units it is limited to, sorted; null: not limited. */
  units: string[] | null;
  /** Of those that end by themselves, the first moment without them: key → ISO. */
  ends: Record<string, string>;
}

const granted = (table: string, column: string): string =>
  `array(select ${column} from auth.${table} as g
     where (g.user_id, g.company_id) = (m.user_id, m.company_id)
       and coalesce(g.ends_at > statement_timestamp(), true) order by 1)`;

const ending = (table: string, column: string): string =>
  `select ${column} as key, ends_at from auth.${table} as g
   where (g.user_id, g.company_id) = (m.user_id, m.company_id) and g.ends_at > statement_timestamp()`;

const SQL = `select
  jsonb_build_object('id', u.id, 'name', u.name, 'email', u.email) as "user",
  jsonb_build_object('id', c.id, 'name', c.name) as company,
  m.role, m.status,
  to_jsonb(${granted('module_grants', 'module_key')}) as modules,
  to_jsonb(${granted('permission_grants', 'permission_key')}) as permissions,
  ${limitedTo} as units,
  (select coalesce(jsonb_object_agg(
      key, to_char(ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') order by key), '{}')
    from (${ending('module_grants', 'module_key')} union all ${ending('permission_grants', 'permission_key')}) as e) as ends
from auth.memberships m join auth.users u on u.id = m.user_id join core.companies c on c.id = m.company_id
where m.user_id = coalesce(:userId, m.user_id) and m.company_id = coalesce(:companyId, m.company_id)
order by c.name, u.email`;

/** The memberships of a user, of a company, or the one of both. */
export async function readMemberships(
  db: Knex,
  { userId = null, companyId = null }: { userId?: string | null; companyId?: string | null },
): Promise<Membership[]> {
  const { rows } = await db.raw<{ rows: Membership[] }>(SQL, { userId, companyId });
  return rows;
}
