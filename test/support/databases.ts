import { randomBytes } from 'node:crypto';
import { type Database, type DatabaseOptions, openDatabase } from '../../platform/database/database.ts';
import { migrateUp } from '../../platform/database/migrate.ts';
import { postgresServer } from './postgres.ts';

export interface TestDatabase {
  db: Database;
  /** Closes it and lets it disappear. */
  drop: () => Promise<void>;
}

let migrated: Promise<Blob> | undefined;

/** A fresh embedded database in memory with all migrations run; the first one in a process makes the template. */
export async function embeddedDatabase(): Promise<TestDatabase> {
  migrated ??= dumpMigrated();
  const db = await openDatabase({ memory: true, from: await migrated });
  return { db, drop: () => db.destroy() };
}

async function dumpMigrated(): Promise<Blob> {
  const db = await openDatabase({ memory: true });
  await migrateUp(db);
  const pglite = (await db.client.acquireConnection()) as { dumpDataDir(as: 'none'): Promise<Blob> };
  const dump = await pglite.dumpDataDir('none');
  await db.client.releaseConnection(pglite);
  await db.destroy();
  return dump;
}

/** A fresh, migrated database of its own on a real server; skips the test, and says why, when there is none. */
export async function serverDatabase(
  test: Mocha.Context,
  options: DatabaseOptions = {},
): Promise<TestDatabase & { url: string }> {
  const server = await postgresServer();
  if ('missing' in server) {
    process.stderr.write(`\n      NOT EXAMINED on a real PostgreSQL: ${server.missing}\n`);
    return test.skip();
  }
  const name = `kisum_test_${randomBytes(6).toString('hex')}`;
  await onServer(server.url, `create database ${name}`);
  const url = Object.assign(new URL(server.url), { pathname: `/${name}` }).href;
  const db = await openDatabase({ url }, options);
  await migrateUp(db);
  const drop = async (): Promise<void> => {
    await db.destroy();
    await onServer(server.url, `drop database ${name} with (force)`);
  };
  return { db, url, drop };
}

async function onServer(url: string, statement: string): Promise<void> {
  const db = await openDatabase({ url });
  await db.raw(statement);
  await db.destroy();
}
