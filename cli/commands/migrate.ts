import { openDatabase, type Database } from '../../platform/database/database.ts';
import { migrateDown, migrateUp, migrationStatus } from '../../platform/database/migrate.ts';
import type { Outcome } from '../outcome.ts';
import { inHome } from '../home.ts';
import { databaseFailure } from '../operations/database-failure.ts';
import { takeOwnership } from '../owner/lock.ts';

export interface MigrateOptions {
  down?: boolean;
  status?: boolean;
}

/** Brings the schema forward, back by one batch, or says where it stands. On DATABASE_URL, else on the embedded one. */
export async function migrate(options: MigrateOptions): Promise<Outcome> {
  const url = process.env.DATABASE_URL;
  if (url) return onServer(url, options);
  const release = await takeOwnership(null);
  try {
    return await report(await openDatabase({ folder: inHome('db') }), options);
  } finally {
    await release();
  }
}

async function onServer(url: string, options: MigrateOptions): Promise<Outcome> {
  try {
    return await report(await openDatabase({ url }), options);
  } catch (error) {
    throw databaseFailure(error);
  }
}

async function report(db: Database, options: MigrateOptions): Promise<Outcome> {
  try {
    return await act(db, options);
  } finally {
    await db.destroy();
  }
}

async function act(db: Database, { down, status }: MigrateOptions): Promise<Outcome> {
  if (status) {
    const { done, pending } = await migrationStatus(db);
    const lines = [...done.map((name) => `done     ${name}`), ...pending.map((name) => `pending  ${name}`)];
    return { text: lines.join('\n'), data: { done, pending } };
  }
  const names = down ? await migrateDown(db) : await migrateUp(db);
  const lines = names.map((name) => `${down ? 'took back' : 'migrated'} ${name}`);
  return { text: lines.join('\n') || 'nothing to do', data: { [down ? 'reverted' : 'migrated']: names } };
}
