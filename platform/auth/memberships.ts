import type { Knex } from 'knex';
import type { MembershipStatus } from '../../policies/contract.ts';
import { write } from '../database/write.ts';

/** One user in one company. */
export interface Member {
  userId: string;
  companyId: string;
}

/** Every write names its `actor` and throws `RefusedByDatabase` where the database forbids it. */
export async function createUser(
  db: Knex,
  user: { id: string; name: string; email: string },
  actor: string,
): Promise<void> {
  await write(db, actor, (trx) => trx('auth.users').insert(user));
}

/** Makes every token issued to this user so far worthless. */
export async function revokeTokens(db: Knex, userId: string, actor: string): Promise<void> {
  await write(db, actor, (trx) => trx('auth.users').where({ id: userId }).increment('token_version', 1));
}

export async function addMembership(
  db: Knex,
  member: Member,
  { role, status }: { role: string; status: MembershipStatus },
  actor: string,
): Promise<void> {
  await write(db, actor, (trx) => trx('auth.memberships').insert({ ...rowOf(member), role, status }));
}

/** Changes role or status, or both. */
export async function changeMembership(
  db: Knex,
  member: Member,
  change: { role?: string; status?: MembershipStatus },
  actor: string,
): Promise<void> {
  await write(db, actor, (trx) => trx('auth.memberships').where(rowOf(member)).update(change));
}

/** Takes the membership away with all its grants. */
export async function removeMembership(db: Knex, member: Member, actor: string): Promise<void> {
  await write(db, actor, (trx) => trx('auth.memberships').where(rowOf(member)).delete());
}

/** Keys of modules and of permissions. */
export interface GrantKeys {
  modules: readonly string[];
  permissions: readonly string[];
}

/**
 * All of them or none, until `endsAt` (the first moment without them; null: until they are revoked), whatever end they
 * had before. Returns what was not granted just so before.
 */
export async function grant(
  db: Knex,
  member: Member,
  keys: GrantKeys,
  actor: string,
  endsAt: Date | null = null,
): Promise<GrantKeys> {
  return write(db, actor, async (trx) => ({
    modules: await addTo(trx, MODULES, member, keys.modules, endsAt),
    permissions: await addTo(trx, PERMISSIONS, member, keys.permissions, endsAt),
  }));
}

/** Takes away all of them or none. Returns what was granted before; what had ended was not. */
export async function revoke(db: Knex, member: Member, keys: GrantKeys, actor: string): Promise<GrantKeys> {
  return write(db, actor, async (trx) => ({
    modules: await takeFrom(trx, MODULES, member, keys.modules),
    permissions: await takeFrom(trx, PERMISSIONS, member, keys.permissions),
  }));
}

/** Granting what is granted already changes nothing. */
export async function grantModule(db: Knex, member: Member, moduleKey: string, actor: string): Promise<void> {
  await grant(db, member, { modules: [moduleKey], permissions: [] }, actor);
}

export async function grantPermission(
  db: Knex,
  member: Member,
  permission: string,
  actor: string,
): Promise<void> {
  await grant(db, member, { modules: [], permissions: [permission] }, actor);
}

/** Revoking what was not granted changes nothing. */
export async function revokeModule(
  db: Knex,
  member: Member,
  moduleKey: string,
  actor: string,
): Promise<void> {
  await revoke(db, member, { modules: [moduleKey], permissions: [] }, actor);
}

export async function revokePermission(
  db: Knex,
  member: Member,
  permission: string,
  actor: string,
): Promise<void> {
  await revoke(db, member, { modules: [], permissions: [permission] }, actor);
}

interface GrantTable {
  table: string;
  column: string;
}

const MODULES: GrantTable = { table: 'auth.module_grants', column: 'module_key' };
const PERMISSIONS: GrantTable = { table: 'auth.permission_grants', column: 'permission_key' };

type Rows = Record<string, string>[];

const IN_FORCE = `coalesce(ends_at > statement_timestamp(), true) as "inForce"`;

async function addTo(
  trx: Knex,
  { table, column }: GrantTable,
  member: Member,
  keys: readonly string[],
  endsAt: Date | null,
): Promise<string[]> {
  if (keys.length === 0) return [];
  const rows = keys.map((key) => ({ ...rowOf(member), [column]: key, ends_at: endsAt }));
  const name = table.split('.').at(-1);
  const added = await trx(table)
    .insert(rows)
    .onConflict(['user_id', 'company_id', column])
    .merge(['ends_at'])
    .whereRaw(`${name}.ends_at is distinct from excluded.ends_at`)
    .returning<Rows>(column);
  return added.map((row) => row[column]!);
}

async function takeFrom(
  trx: Knex,
  { table, column }: GrantTable,
  member: Member,
  keys: readonly string[],
): Promise<string[]> {
  const granted = trx(table).where(rowOf(member)).whereIn(column, keys);
  const taken = await granted
    .delete()
    .returning<({ inForce: boolean } & Rows[number])[]>([column, trx.raw(IN_FORCE)]);
  return taken.filter(({ inForce }) => inForce).map((row) => row[column]!);
}

function rowOf({ userId, companyId }: Member): { user_id: string; company_id: string } {
  return { user_id: userId, company_id: companyId };
}
