import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { packArchive, unpackArchive } from '../../policies/engine/archive.ts';
import type { BundleFiles } from '../../policies/engine/archive-files.ts';
import { idOf } from './follower.ts';

/** The one in force and those it can be rolled back to. */
const KEPT = 3;

/** A bundle that was in force once. */
export interface Kept {
  /** Of its content and signature: its name in the folder. */
  id: string;
  revision: string;
  /** RFC 3339; `null` when nobody signed it, or did not say when. */
  signedAt: string | null;
  /** ISO 8601. */
  activatedAt: string;
}

/** What the gateway knows about its bundles across restarts. */
export interface CacheState {
  /** Newest first. */
  kept: Kept[];
  /** Id of the one in force. */
  inForce: string | null;
  /** Nothing signed before this moment is taken from the source any more. */
  floor: string | null;
  /** When the source last confirmed what is in force. */
  confirmedAt: string | null;
}

/** An operator's wish to stay on a kept bundle. Written by `kisum-cli policy rollback`, read by the gateway. */
export interface Pin {
  id: string;
  revision: string;
  by: string;
  /** ISO 8601. */
  at: string;
}

export const NOTHING_KEPT: CacheState = { kept: [], inForce: null, floor: null, confirmedAt: null };

/** The last good bundles on disk, and what must outlive the process. Every file appears whole or not at all. */
export class PolicyCache {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** @throws Error when the file is there and holds something else */
  async state(): Promise<CacheState> {
    return (await this.#readJson('state.json', isState)) ?? NOTHING_KEPT;
  }

  /** @throws Error when the file is there and holds something else */
  async pin(): Promise<Pin | undefined> {
    return this.#readJson('pin.json', isPin);
  }

  async setPin(pin: Pin | undefined): Promise<void> {
    if (pin) return this.#write('pin.json', JSON.stringify(pin, null, 2));
    await rm(join(this.folder, 'pin.json'), { force: true });
  }

  /**
   * A kept bundle, to be judged like any other.
   * @throws Error when it is gone or no longer what it was
   */
  async read(id: string): Promise<BundleFiles> {
    const files = unpackArchive(await readFile(this.#file(id)));
    if (idOf(files) !== id) throw new Error(`${this.#file(id)} is not what was kept`);
    return files;
  }

  /** Keeps a bundle as the newest, and as many older ones as there is room for. */
  async keep(state: CacheState, kept: Kept, files: BundleFiles): Promise<CacheState> {
    await this.#write(archiveName(kept.id), await packArchive(files));
    const others = state.kept.filter(({ id }) => id !== kept.id);
    const next = { ...state, kept: [kept, ...others].slice(0, KEPT) };
    await this.save(next);
    for (const { id } of others.slice(KEPT - 1)) await rm(this.#file(id), { force: true });
    return next;
  }

  async save(state: CacheState): Promise<void> {
    await this.#write('state.json', JSON.stringify(state, null, 2));
  }

  async #readJson<T>(name: string, isIt: (value: unknown) => value is T): Promise<T | undefined> {
    const file = join(this.folder, name);
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    if (text === undefined) return undefined;
    const value = parse(text);
    if (!isIt(value)) throw new Error(`${file} is damaged: delete it, and it is written anew`);
    return value;
  }

  async #write(name: string, content: string | Uint8Array): Promise<void> {
    const file = join(this.folder, name);
    await mkdir(this.folder, { recursive: true });
    await writeFileAtomic(file, typeof content === 'string' ? content : Buffer.from(content), {
      mode: 0o600,
    });
  }

  #file(id: string): string {
    return join(this.folder, archiveName(id));
  }
}

const archiveName = (id: string): string => `${id}.tar.gz`;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Ids become file names, so nothing but a digest may stand there. */
const isId = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isMoment = (value: unknown) => typeof value === 'string' && !Number.isNaN(Date.parse(value));
const isText = (value: unknown) => typeof value === 'string';
const isNone = (value: unknown) => value === null;

function isState(value: unknown): value is CacheState {
  const { kept, inForce, floor, confirmedAt } = (value ?? {}) as Partial<CacheState>;
  if (!Array.isArray(kept) || !kept.every(isKept)) return false;
  return (isNone(inForce) || isId(inForce)) && [floor, confirmedAt].every((it) => isNone(it) || isMoment(it));
}

function isKept(value: unknown): value is Kept {
  const { id, revision, signedAt, activatedAt } = (value ?? {}) as Partial<Kept>;
  return isId(id) && isText(revision) && isMoment(activatedAt) && (isNone(signedAt) || isMoment(signedAt));
}

function isPin(value: unknown): value is Pin {
  const { id, revision, by, at } = (value ?? {}) as Partial<Pin>;
  return isId(id) && isText(revision) && isText(by) && isMoment(at);
}
