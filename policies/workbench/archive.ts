/** Reads one file out of the archive `opa build` writes, in memory. */
import { gunzipSync } from 'node:zlib';
import { WorkbenchError } from './run.ts';

const BLOCK = 512;

/** The bytes of the entry called `name` in a gzipped tar. Throws `WorkbenchError` when there is none. */
export function entryOf(archive: Uint8Array, name: string): Buffer {
  const tar = gunzipSync(archive);
  for (let offset = 0; offset + BLOCK <= tar.length;) {
    const size = Number.parseInt(field(tar, offset + 124, 12), 8) || 0;
    const start = offset + BLOCK;
    if (field(tar, offset, 100) === name) return tar.subarray(start, start + size);
    offset = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  throw new WorkbenchError(`opa built an archive without ${name}`);
}

function field(tar: Buffer, start: number, length: number): string {
  const [text = ''] = tar.toString('latin1', start, start + length).split('\0');
  return text.trim();
}
