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

/** Granting what is granted already changes nothing. */
export async function grantModule(db: Knex, member: Member, moduleKey: string, actor: string): Promise<void> {
  await grant(db, 'auth.module_grants', { ...rowOf(member), module_key: moduleKey }, actor);
}

export async function grantPermission(
  db: Knex,
  member: Member,
  permission: string,
  actor: string,
): Promise<void> {
  await grant(db, 'auth.permission_grants', { ...rowOf(member), permission_key: permission }, actor);
}

/** Revoking what was not granted changes nothing. */
export async function revokeModule(
  db: Knex,
  member: Member,
  moduleKey: string,
  actor: string,
): Promise<void> {
  const granted = { ...rowOf(member), module_key: moduleKey };
  await write(db, actor, (trx) => trx('auth.module_grants').where(granted).delete());
}

export async function revokePermission(
  db: Knex,
  member: Member,
  permission: string,
  actor: string,
): Promise<void> {
  const granted = { ...rowOf(member), permission_key: permission };
  await write(db, actor, (trx) => trx('auth.permission_grants').where(granted).delete());
}

async function grant(db: Knex, table: string, row: Record<string, string>, actor: string): Promise<void> {
  await write(db, actor, (trx) => trx(table).insert(row).onConflict().ignore());
}

function rowOf({ userId, companyId }: Member): { user_id: string; company_id: string } {
  return { user_id: userId, company_id: companyId };
}
