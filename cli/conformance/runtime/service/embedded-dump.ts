import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../../../platform/database/database.ts';

/** As knex holds the one connection of the embedded database. */
interface Pool {
  acquireConnection(): Promise<{ dumpDataDir(as: 'none'): Promise<Blob> }>;
  releaseConnection(connection: object): Promise<void>;
}

/** An empty embedded database in a file: to start from it takes a tenth of making one. */
export async function dumpEmpty(): Promise<{ file: string; drop: () => Promise<void> }> {
  const db = await openDatabase({ memory: true });
  // As the platform's first migration does: modules keep periods apart with it.
  await db.raw('create extension if not exists btree_gist');
  const pool = db.client as Pool;
  const pglite = await pool.acquireConnection();
  const dump = await pglite.dumpDataDir('none');
  await pool.releaseConnection(pglite);
  await db.destroy();
  const folder = await mkdtemp(join(tmpdir(), 'kisum-check-'));
  const file = join(folder, 'empty');
  await writeFile(file, Buffer.from(await dump.arrayBuffer()));
  return { file, drop: () => rm(folder, { recursive: true, force: true }) };
}
