import { openDatabase, type Database } from '../../platform/database/database.ts';
import { migrateDown, migrateUp, migrationStatus } from '../../platform/database/migrate.ts';
import { inHome } from '../home.ts';
import { takeOwnership } from '../owner/lock.ts';

export interface MigrateOptions {
  down?: boolean;
  status?: boolean;
}

/** Brings the schema forward, back by one batch, or says where it stands. On DATABASE_URL, else on the embedded one. */
export async function migrate(options: MigrateOptions): Promise<void> {
  const url = process.env.DATABASE_URL;
  if (url) return report(await openDatabase({ url }), options);
  const release = await takeOwnership(null);
  try {
    await report(await openDatabase({ folder: inHome('db') }), options);
  } finally {
    await release();
  }
}

async function report(db: Database, { down, status }: MigrateOptions): Promise<void> {
  try {
    process.stdout.write(`${(await act(db, { down, status } as MigrateOptions)).join('\n')}\n`);
  } finally {
    await db.destroy();
  }
}

async function act(db: Database, { down, status }: MigrateOptions): Promise<string[]> {
  if (status) {
    const { done, pending } = await migrationStatus(db);
    return [...done.map((name) => `done     ${name}`), ...pending.map((name) => `pending  ${name}`)];
  }
  const names = down ? await migrateDown(db) : await migrateUp(db);
  if (names.length === 0) return ['nothing to do'];
  return names.map((name) => `${down ? 'took back' : 'migrated'} ${name}`);
}
