import type { Knex } from 'knex';
import type {
  AccessSnapshot,
  SnapshotCompany,
  SnapshotMember,
} from '../../policies/workbench/impact/snapshot.ts';
import { SNAPSHOT_SCHEMA } from '../../policies/workbench/impact/snapshot.ts';
import { readCatalog } from '../core/catalog.ts';
import { bought, granted } from './access.ts';
import { addonOf, list, statusOf, subscriptionOf, text } from './access-row.ts';

type Row = Record<string, unknown>;

/** One statement, so that every period is judged at one moment; its clock is the one a gateway's access is read by. */
const COMPANIES = `select m.company_id as id, m.name, statement_timestamp() as taken_at,
  ${bought('company_subscriptions', 'package_key', 'package')} as subscriptions,
  ${bought('company_addons', 'addon_key', 'addon')} as addons
from (select id as company_id, name from core.companies) as m order by m.name, m.company_id`;

const MEMBERS = `select m.company_id, m.user_id as id, u.name, m.role, m.status,
  ${granted('module_grants', 'module_key')} as modules,
  ${granted('permission_grants', 'permission_key')} as permissions
from auth.memberships m join auth.users u on u.id = m.user_id order by u.name, m.user_id`;

/** Catalog, companies and members as they stand together at one moment. Throws when they cannot be had. */
export async function readSnapshot(db: Knex): Promise<AccessSnapshot> {
  return db.transaction(takeSnapshot, { readOnly: true, isolationLevel: 'repeatable read' });
}

async function takeSnapshot(trx: Knex): Promise<AccessSnapshot> {
  const { version, data } = await readCatalog(trx);
  const companies = await rowsOf(trx, COMPANIES);
  const members = byCompany(await rowsOf(trx, MEMBERS));
  // Without a company there is no period to judge, so any clock will do.
  const takenAt = (companies[0]?.['taken_at'] ?? new Date()) as Date;
  return {
    schema: SNAPSHOT_SCHEMA,
    takenAt: takenAt.toISOString(),
    catalogVersion: version,
    catalog: data,
    companies: companies.map((row) => companyOf(row, members.get(row['id']) ?? [])),
  };
}

async function rowsOf(trx: Knex, sql: string): Promise<Row[]> {
  return (await trx.raw<{ rows: Row[] }>(sql)).rows;
}

function byCompany(rows: Row[]): Map<unknown, Row[]> {
  const members = new Map<unknown, Row[]>();
  for (const row of rows) {
    const company = row['company_id'];
    const known = members.get(company);
    if (known) known.push(row);
    else members.set(company, [row]);
  }
  return members;
}

function companyOf(row: Row, members: Row[]): SnapshotCompany {
  return {
    id: text(row['id']),
    name: text(row['name']),
    subscriptions: list(row['subscriptions']).map(subscriptionOf),
    addons: list(row['addons']).map(addonOf),
    members: members.map(memberOf),
  };
}

function memberOf(row: Row): SnapshotMember {
  return {
    id: text(row['id']),
    name: text(row['name']),
    role: text(row['role']),
    status: statusOf(row['status']),
    modules: list(row['modules']).map(text),
    permissions: list(row['permissions']).map(text),
  };
}
