/** Reads one file out of the archive `opa build` writes, in memory. */
import { gunzipSync } from 'node:zlib';
import { readTar } from '../engine/archive-tar.ts';
import { WorkbenchError } from './run.ts';

/** The bytes of the entry called `name` in a gzipped tar. Throws `WorkbenchError` when there is none. */
export function entryOf(archive: Uint8Array, name: string): Buffer<ArrayBuffer> {
  const entry = [...readTar(gunzipSync(archive))].find((file) => file.name === name);
  if (entry !== undefined) return Buffer.from(entry.content);
  throw new WorkbenchError(`opa built an archive without ${name}`);
}
