import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../../../platform/database/database.ts';

/** An empty embedded database in a file: to start from it takes a tenth of making one. */
export async function dumpEmpty(): Promise<{ file: string; drop: () => Promise<void> }> {
  const db = await openDatabase({ memory: true });
  const pglite = (await db.client.acquireConnection()) as { dumpDataDir(as: 'none'): Promise<Blob> };
  const dump = await pglite.dumpDataDir('none');
  await db.client.releaseConnection(pglite);
  await db.destroy();
  const folder = await mkdtemp(join(tmpdir(), 'kisum-check-'));
  const file = join(folder, 'empty');
  await writeFile(file, Buffer.from(await dump.arrayBuffer()));
  return { file, drop: () => rm(folder, { recursive: true, force: true }) };
}
