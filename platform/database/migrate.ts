import type { Knex } from 'knex';
import { migrations } from '../migrations/index.ts';
import type { Migration } from '../migrations/migration.ts';

const CONFIG: Knex.MigratorConfig = {
  tableName: 'migrations',
  schemaName: 'core',
  migrationSource: {
    getMigrations: () => Promise.resolve(migrations),
    getMigrationName: (migration: Migration) => migration.name,
    getMigration: (migration: Migration) => Promise.resolve(migration),
  },
};

/** Everything or nothing, one migrator at a time: a second one waits, and one that died leaves no lock behind. */
async function migrating<T>(db: Knex, work: (migrator: Knex.Migrator) => Promise<T>): Promise<T> {
  return db.transaction(async (trx) => {
    await trx.raw(`select pg_advisory_xact_lock(hashtext('kisum migrations'))`);
    await trx.raw('create schema if not exists core');
    return work(trx.migrate);
  });
}

/** Runs what has not run yet. Returns the names of what ran. */
export async function migrateUp(db: Knex): Promise<string[]> {
  return migrating(db, async (migrator) => namesOf(await migrator.latest(CONFIG)));
}

/** Takes back the last batch, or all of it, with its data. Returns the names of what was taken back. */
export async function migrateDown(db: Knex, options: { all?: boolean } = {}): Promise<string[]> {
  return migrating(db, async (migrator) => namesOf(await migrator.rollback(CONFIG, options.all ?? false)));
}

export async function migrationStatus(db: Knex): Promise<{ done: string[]; pending: string[] }> {
  const { rows } = await db.raw<{ rows: { present: boolean }[] }>(
    `select to_regclass('core.migrations') is not null as present`,
  );
  const done = rows[0]?.present ? await db('core.migrations').orderBy('id').pluck<string[]>('name') : [];
  return { done, pending: migrations.map(({ name }) => name).filter((name) => !done.includes(name)) };
}

function namesOf(result: unknown): string[] {
  return (result as [batch: number, names: string[]])[1];
}
