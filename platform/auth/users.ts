import type { Knex } from 'knex';
import { versionOf } from '../versions.ts';

export interface FoundUser {
  id: string;
  name: string;
  email: string;
  tokenVersion: number;
}

/** Users by name or e-mail in any case, or by id; names need not be unique. Sorted by e-mail. */
export async function findUser(db: Knex, text: string): Promise<FoundUser[]> {
  const asked =
    'lower(name) = lower(:text) or lower(email) = lower(:text) or cast(id as text) = lower(:text)';
  return found(db('auth.users').whereRaw(asked, { text }));
}

/** All users, by e-mail. */
export async function listUsers(db: Knex): Promise<FoundUser[]> {
  return found(db('auth.users'));
}

async function found(users: Knex.QueryBuilder): Promise<FoundUser[]> {
  const rows = await users
    .orderBy('email')
    .select<(Omit<FoundUser, 'tokenVersion'> & { token_version: unknown })[]>(
      'id',
      'name',
      'email',
      'token_version',
    );
  return rows.map(({ token_version, ...user }) => ({ ...user, tokenVersion: versionOf(token_version) }));
}
