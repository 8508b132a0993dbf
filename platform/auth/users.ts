import type { Database } from '../database/database.ts';
import { versionOf } from '../versions.ts';

export interface FoundUser {
  id: string;
  email: string;
  tokenVersion: number;
}

/** Users by name or e-mail in any case, or by id; names need not be unique. Sorted by e-mail. */
export async function findUser(db: Database, text: string): Promise<FoundUser[]> {
  const rows = await db('auth.users')
    .whereRaw(
      'lower(name) = lower(:text) or lower(email) = lower(:text) or cast(id as text) = lower(:text)',
      {
        text,
      },
    )
    .orderBy('email')
    .select<{ id: string; email: string; token_version: unknown }[]>('id', 'email', 'token_version');
  return rows.map(({ id, email, token_version }) => ({ id, email, tokenVersion: versionOf(token_version) }));
}
