import type { Knex } from 'knex';
import type { SubscriptionStatus } from '../../policies/contract.ts';

export interface Company {
  /** Lower-case UUID. */
  id: string;
  name: string;
}

/** One period in which a company has a package or an add-on. */
export interface Bought {
  kind: 'package' | 'addon';
  key: string;
  status: SubscriptionStatus;
  startsAt: Date;
  /** The first moment outside; null: open. */
  endsAt: Date | null;
  /** By the database's clock; whether it counts is the policy's to say. */
  started: boolean;
  ended: boolean;
}

interface BoughtRow extends Omit<Bought, 'startsAt' | 'endsAt'> {
  company_id: string;
  starts_at: Date;
  ends_at: Date | null;
}

/** All companies, by name. */
export async function listCompanies(db: Knex): Promise<Company[]> {
  return db('core.companies').orderBy(['name', 'id']).select<Company[]>('id', 'name');
}

/** Companies by name in any case, or by id; names need not be unique. */
export async function findCompanies(db: Knex, text: string): Promise<Company[]> {
  return db('core.companies')
    .whereRaw('lower(name) = lower(:text) or cast(id as text) = lower(:text)', { text })
    .orderBy('id')
    .select<Company[]>('id', 'name');
}

const periods = (table: string, kind: Bought['kind'], column: string): string =>
  `select company_id, '${kind}' as kind, ${column} as key, status, starts_at, ends_at,
     starts_at <= statement_timestamp() as started, coalesce(ends_at <= statement_timestamp(), false) as ended
   from core.${table}`;

const BOUGHT = `select * from (
  ${periods('company_subscriptions', 'package', 'package_key')}
  union all ${periods('company_addons', 'addon', 'addon_key')}) as bought
  order by kind desc, key, starts_at`;

/** Every period of every company, past and future ones too: company id → its periods, packages first. */
export async function readBought(db: Knex): Promise<Map<string, Bought[]>> {
  const { rows } = await db.raw<{ rows: BoughtRow[] }>(BOUGHT);
  const byCompany = new Map<string, Bought[]>();
  for (const { company_id, starts_at, ends_at, ...rest } of rows) {
    const bought = byCompany.get(company_id) ?? [];
    bought.push({ ...rest, startsAt: starts_at, endsAt: ends_at });
    byCompany.set(company_id, bought);
  }
  return byCompany;
}
