import { open, rename, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NO_BYTES } from '../../policies/decision-log/chain.ts';
import type { Account } from '../../policies/decision-log/account.ts';
import type { LogSigner } from '../../policies/decision-log/keys.ts';
import type { Logger } from '../log.ts';
import { Chain } from './chain.ts';
import type { CheckpointsOutside } from './checkpoints.ts';
import { nextRotated, oldestPart, removeOld, whatWasLeft, type Left } from './files.ts';
import type { Batch } from './outbox.ts';
import { Page } from './page.ts';

export interface LogFileOptions {
  path: string;
  /** From this size on, another file is begun. */
  maxBytes: number;
  /** Rotated files that are kept. */
  keep: number;
  labels: Record<string, string>;
  signer: LogSigner | undefined;
  outside: CheckpointsOutside | undefined;
  log: Logger;
  /** How often it is looked whether somebody else moved or changed the file, milliseconds; by default a second. */
  lookMs?: number;
}

const LOOK_MS = 1000;
const ONLY_OWNER = 0o600;
const noLines = (): Batch => ({ page: new Page(), count: 0, catalogs: [] });

/** The decision log in a file that nobody else writes. What could not be written whole is taken back. */
export class LogFile {
  readonly #options: LogFileOptions;
  readonly #chain: Chain;
  #handle: FileHandle;
  /** Of the whole batches in the file. */
  #size: number;
  #left: Left;
  #begun = false;
  /** Bytes behind `#size` that could not be taken back yet. */
  #spoilt = false;
  #stays = false;
  readonly #catalogs = new Set<string>();
  #lookedAt = -Infinity;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: LogFileOptions, handle: FileHandle, size: number, left: Left) {
    this.#options = options;
    this.#chain = new Chain(options.labels, options.signer);
    this.#handle = handle;
    this.#size = size;
    this.#left = left;
  }

  /** @throws Error when the path cannot be a decision log; a full disk is none of the reasons */
  static async open(options: LogFileOptions): Promise<LogFile> {
    const { path } = options;
    const folder = await stat(dirname(path)).catch(() => undefined);
    if (!folder?.isDirectory())
      throw new Error(`DECISION_LOG ${path}: there is no folder ${dirname(path)}; make it, or name another`);
    const known = await stat(path).catch(() => undefined);
    if (known && !known.isFile()) throw new Error(`${path} is no regular file: give another path`);
    const left = await whatWasLeft(path);
    const handle = await open(path, 'a', ONLY_OWNER);
    return new LogFile(options, handle, (await handle.stat()).size, left);
  }

  get wantsCheckpoint(): boolean {
    return this.#chain.wantsCheckpoint;
  }

  /** Writes a batch and its seal, or nothing. One at a time, in the order of the calls. Rejects with the disk's error. */
  write(batch: Batch | undefined, account: () => Account, { end = false } = {}): Promise<void> {
    const turn = this.#turn.then(() => this.#writeNow(batch ?? noLines(), account(), end));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #writeNow({ page, count, catalogs }: Batch, { dropped }: Account, end: boolean): Promise<void> {
    if (this.#spoilt) await this.#takeBack();
    if (this.#left.torn) await this.#mend();
    await this.#findPlace();
    const opening = this.#begun ? '' : await this.#opening();
    const fresh = [...new Set(catalogs)].filter(({ digest }) => !this.#catalogs.has(digest));
    const first = opening + fresh.map(({ text }) => text).join('');
    const whole = first === '' ? page : new Page().add(first).addBytes(page.bytes);
    const { length } = whole;
    const sealed = this.#chain.seal(whole.bytes, {
      count,
      dropped: onlyCounted(dropped),
      checkpoint: !this.#begun || this.#size + length >= this.#options.maxBytes,
      end,
    });
    // The seal is taken off again: when this fails, the batch is sealed anew.
    await this.#append(whole.add(sealed.text).bytes).finally(() => whole.cut(length));
    sealed.written();
    this.#begun = true;
    for (const { digest } of fresh) this.#catalogs.add(digest);
    if (sealed.jws) await this.#keepOutside(sealed.jws);
  }

  /** Only what is safe on the disk is held against it: a power cut must not look like somebody's deed. */
  async #keepOutside(jws: string): Promise<void> {
    const { outside, log, path } = this.#options;
    if (!outside) return;
    try {
      await this.#handle.datasync();
      outside.keep(jws);
    } catch (err) {
      log.error(
        { err, sink: path },
        'the decision log could not be synced, so its checkpoint is not held outside',
      );
    }
  }

  async #opening(): Promise<string> {
    return this.#chain.opening(this.#left, await oldestPart(this.#options.path));
  }

  async #append(bytes: Buffer): Promise<void> {
    try {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await this.#handle.write(bytes, done);
        if (bytesWritten === 0) throw new Error(`nothing more can be written to ${this.#options.path}`);
        done += bytesWritten;
      }
      this.#size += bytes.length;
    } catch (error) {
      this.#spoilt = true;
      await this.#takeBack().catch(() => {});
      throw error;
    }
  }

  /** What an earlier process left in the middle of a line gets a line end, so that this one begins on its own. */
  async #mend(): Promise<void> {
    await this.#append(Buffer.from('\n'));
    this.#left = { ...this.#left, torn: false };
  }

  /** Only whole batches stay. */
  async #takeBack(): Promise<void> {
    await this.#handle.truncate(this.#size);
    this.#spoilt = false;
  }

  /** The file as it was left, or a new one when it is full, or no longer what this process wrote. */
  async #findPlace(): Promise<void> {
    const { path, maxBytes, log, lookMs = LOOK_MS } = this.#options;
    const isFull = this.#size >= maxBytes;
    if (this.#begun && !isFull && performance.now() - this.#lookedAt < lookMs) return;
    this.#lookedAt = performance.now();
    const [ours, there] = await Promise.all([this.#handle.stat(), stat(path).catch(() => undefined)]);
    const inPlace = there?.ino === ours.ino && there.dev === ours.dev && there.size === this.#size;
    if (!inPlace) log.error({ sink: path }, 'the decision log was moved or changed by somebody else');
    if (inPlace && !isFull) return;
    try {
      await this.#rotate();
      this.#stays = false;
    } catch (err) {
      if (!inPlace) throw err;
      if (!this.#stays) log.error({ err, sink: path }, 'the decision log cannot be rotated, and grows');
      this.#stays = true;
    }
  }

  async #rotate(): Promise<void> {
    const { path, keep } = this.#options;
    const next = await nextRotated(path);
    await rename(path, next).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    const handle = await open(path, 'ax', ONLY_OWNER);
    await this.#handle.close();
    this.#handle = handle;
    this.#size = 0;
    this.#begun = false;
    this.#left = { ...this.#left, before: NO_BYTES };
    this.#catalogs.clear();
    await removeOld(path, keep);
  }
}

const onlyCounted = (dropped: Account['dropped']): Account['dropped'] =>
  Object.fromEntries(Object.entries(dropped).filter(([, count]) => count > 0));
