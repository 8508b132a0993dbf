import type { Knex } from 'knex';
import type { Manifest, OwnedEntity } from '../manifest/manifest.ts';
import { roleOf } from './store.ts';

/** One step of a module's schema, forward and back: plain SQL, one statement a string, names without schema. */
export interface Migration {
  name: string;
  up: readonly string[];
  down: readonly string[];
}

interface Migrated {
  manifest: Manifest;
  migrations: readonly Migration[];
}

/**
 * Brings the module's schema up to date, and its role (`kisum_<key>`) to what it may touch: the rows of its own
 * tables that belong to the transaction's company. The names of the migrations that ran; throws without effect.
 */
export async function migrateModule(db: Knex, { manifest, migrations }: Migrated): Promise<string[]> {
  return inSchema(db, manifest.key, async (tx, applied) => {
    const pending = migrations.filter(({ name }) => !applied.includes(name));
    for (const { name, up } of pending) {
      for (const statement of up) await tx.raw(statement);
      await tx('migrations').insert({ name });
    }
    await fence(tx, manifest);
    return pending.map(({ name }) => name);
  });
}

/** Takes every migration back, newest first. The names of those that were. */
export async function revertModule(db: Knex, { manifest, migrations }: Migrated): Promise<string[]> {
  return inSchema(db, manifest.key, async (tx, applied) => {
    const present = migrations.filter(({ name }) => applied.includes(name)).reverse();
    for (const { name, down } of present) {
      for (const statement of down) await tx.raw(statement);
      await tx('migrations').delete().where({ name });
    }
    return present.map(({ name }) => name);
  });
}

async function inSchema<T>(
  db: Knex,
  key: string,
  work: (tx: Knex.Transaction, applied: string[]) => Promise<T>,
): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.raw('select pg_advisory_xact_lock(hashtext(?))', [`migrate ${key}`]);
    await tx.raw('create schema if not exists ??', [key]);
    await tx.raw(`select set_config('search_path', ?, true)`, [key]);
    await tx.raw(
      'create table if not exists migrations (name text primary key, applied_at timestamptz not null default now())',
    );
    const applied = await tx<{ name: string }>('migrations').pluck('name');
    return work(tx, applied);
  });
}

/** The role, what it may touch, and for every table the company its rows are seen by. */
async function fence(tx: Knex.Transaction, { key, owns }: Manifest): Promise<void> {
  const role = roleOf(key);
  const names = { role, schema: key };
  // Roles belong to the whole server: another database's migration may create the same one at this moment.
  await tx.raw(
    `do $$ begin create role ${role} nologin; exception when duplicate_object or unique_violation then null; end $$`,
  );
  await tx.raw('grant :role: to current_user', names);
  await tx.raw('revoke all on schema :schema: from public', names);
  await tx.raw('grant usage on schema :schema: to :role:', names);
  await tx.raw('grant select, insert, update, delete on all tables in schema :schema: to :role:', names);
  await tx.raw('revoke all on migrations from :role:', names);
  const tables = (await tx('pg_tables')
    .where({ schemaname: key })
    .whereNot({ tablename: 'migrations' })
    .pluck('tablename')) as string[];
  for (const table of tables)
    await boundToCompanies(
      tx,
      table,
      owns.find(({ entity }) => entity === table),
    );
}

/** A table that is no entity of the manifest belongs to one company as well. */
async function boundToCompanies(tx: Knex.Transaction, table: string, owned?: OwnedEntity): Promise<void> {
  const { companies = ['company_id'], audience = 'company' } = owned ?? {};
  const bindings = [table, ...companies];
  const theirs = `current_setting('kisum.company')::uuid in (${companies.map(() => '??').join(', ')})`;
  await tx.raw('alter table ?? enable row level security', [table]);
  await tx.raw('drop policy if exists own_company on ??', [table]);
  await tx.raw(`create policy own_company on ?? using (${theirs})`, bindings);
  await tx.raw('drop policy if exists published on ??', [table]);
  if (audience === 'everyone') await tx.raw('create policy published on ?? for select using (true)', [table]);
}
