import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyLock, verifySourcesBeside } from '../../policies/engine/lock-check.ts';
import { readPlace } from '../../policies/engine/place.ts';
import type { Found, PolicySource } from './source.ts';

const YOUNG_MS = 2000;

/**
 * A bundle on disk: an archive, a folder with `bundle.tar.gz`, or an unpacked one. Looked at anew each time through
 * every symbolic link, because Kubernetes swaps a `..data` link and touches no file: a watch would hear nothing.
 */
export class DiskSource implements PolicySource {
  readonly name: string;
  readonly isServer = false;

  readonly #youngMs: number;

  /** @param youngMs a file younger than this may change again without its times telling */
  constructor(place: string, youngMs = YOUNG_MS) {
    this.name = place;
    this.#youngMs = youngMs;
  }

  async read(tag: string | undefined): Promise<Found | 'unchanged'> {
    const before = await lookAt(this.name);
    if (before !== undefined && before.state === tag) return 'unchanged';
    const { files, lock, beside } = await readPlace(this.name);
    const after = await lookAt(this.name);
    if (before?.state !== after?.state) throw new Error(`${this.name} changed while it was read`);
    if (lock !== null) {
      verifyLock(files, lock);
      await verifySourcesBeside(beside, lock);
    }
    return { files, ...(after && Date.now() - after.changedAt >= this.#youngMs && { tag: after.state }) };
  }
}

interface Look {
  /** Differs whenever a file was replaced, changed, added or taken away. */
  state: string;
  /** The latest, milliseconds since 1970. */
  changedAt: number;
}

/** `undefined` when there is nothing. */
async function lookAt(place: string): Promise<Look | undefined> {
  const files = await filesAt(place).catch(() => []);
  if (files.length === 0) return undefined;
  const looks = await Promise.all(files.map(lookAtFile));
  return {
    state: looks.map(({ state }) => state).join('\n'),
    changedAt: Math.max(...looks.map(({ changedAt }) => changedAt)),
  };
}

/** The file, or every file below the folder, behind every link. */
async function filesAt(place: string): Promise<string[]> {
  const top = await realpath(place);
  if (!(await stat(top)).isDirectory()) return [top];
  const names = await readdir(top, { recursive: true });
  return Promise.all(names.sort().map((name) => realpath(join(top, name))));
}

async function lookAtFile(file: string): Promise<Look> {
  const { dev, ino, size, mtimeNs, ctimeNs, ctimeMs } = await stat(file, { bigint: true });
  return {
    state: [file, dev, ino, size, mtimeNs, ctimeNs].join(' '),
    changedAt: Number(ctimeMs),
  };
}
