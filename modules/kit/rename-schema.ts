import type { Knex } from 'knex';
import type { Manifest } from '../manifest/manifest.ts';
import { fence } from './fence.ts';
import { roleOf } from './store.ts';

/**
 * Carries a module's own rows over to its new key: its schema is renamed, and what its old role might do its new role
 * may. Roles belong to the whole server, where another database may use the old one: it goes only where nobody does.
 */
export async function renameSchema(tx: Knex.Transaction, from: string, manifest: Manifest): Promise<void> {
  const { key } = manifest;
  // No migration of it meanwhile.
  await tx.raw('select pg_advisory_xact_lock(hashtext(?))', [`migrate ${from}`]);
  const schema: unknown = await tx('pg_namespace').where({ nspname: from }).first('oid');
  if (!schema) return;
  await tx.raw('alter schema ?? rename to ??', [from, key]);
  const path = await tx.raw<{ rows: { was: string }[] }>(`select current_setting('search_path') as was`);
  await tx.raw(`select set_config('search_path', ?, true)`, [key]);
  await fence(tx, manifest);
  await tx.raw(`select set_config('search_path', ?, true)`, [path.rows[0]!.was]);
  await handOver(tx, { from: roleOf(from), to: roleOf(key), schema: key });
}

async function handOver(
  tx: Knex.Transaction,
  names: { from: string; to: string; schema: string },
): Promise<void> {
  await tx.raw('revoke all on all tables in schema :schema: from :from:', names);
  await tx.raw('revoke all on schema :schema: from :from:', names);
  // Logins of the backend keep their way in.
  const logins = await tx.raw<{ rows: { login: string }[] }>(
    `select m.rolname as login from pg_auth_members
       join pg_roles as r on r.oid = roleid join pg_roles as m on m.oid = member
     where r.rolname = :from and m.rolname <> current_user`,
    names,
  );
  for (const { login } of logins.rows) await tx.raw('grant ?? to ??', [names.to, login]);
  await tx.raw(`do $$ begin drop role ${names.from};
    exception when dependent_objects_still_exist or insufficient_privilege then null; end $$`);
}
