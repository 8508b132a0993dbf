import type { Database } from '../../platform/database/database.ts';
import { pruneChanges, readChanges, type VersionChange } from '../../platform/versions.ts';
import type { Logger } from '../log.ts';
import type { Proof } from './fact-cache.ts';

/** How often the version counters are asked. */
const POLL_MS = 150;
/** How long changes stay in the feed, and how often the older ones are taken out. */
const KEPT_MS = 3_600_000;
const PRUNE_EVERY_MS = 600_000;
/** A longer silence may have outlived changes that were never heard; far less than they are kept, for skewed clocks. */
const LONGEST_SILENCE_MS = KEPT_MS / 4;

export interface FeedOptions {
  db: Database;
  /** Longest time since the last answered poll in which cached facts may be used. */
  maxStalenessMs: number;
  log: Logger;
  onChanges: (changes: VersionChange[]) => void;
  /** The feed's past is lost (first poll, long silence, a database that went back): nothing held may be trusted. */
  onReset: () => void;
}

/**
 * Polls the version changes and proves with each answer that what is cached is current. What a poll's snapshot
 * contains was true when the poll began, so that moment is what the bound counts from.
 */
export class ChangeFeed implements Proof {
  readonly #options: FeedOptions;
  #position: string | null = null;
  #provenAt = -Infinity;
  #prunedAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #failing = false;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  get proven(): boolean {
    return performance.now() - this.#provenAt <= this.#options.maxStalenessMs;
  }

  /** Polls once, then again and again until stopped. Never throws. */
  async start(): Promise<void> {
    await this.hear();
    if (!this.#stopped) this.#timer = setTimeout(() => void this.start(), POLL_MS);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Polls once. Never throws. */
  async hear(): Promise<void> {
    const { db, log, onChanges, onReset } = this.#options;
    const askedAt = performance.now();
    try {
      const { next, changes } = await readChanges(db, this.#position);
      if (this.#isLost(next, askedAt)) onReset();
      if (changes.length > 0) onChanges(changes);
      this.#position = next;
      this.#provenAt = askedAt;
      if (this.#failing) log.info('version changes are heard again');
      this.#failing = false;
      await this.#prune(askedAt);
    } catch (error) {
      if (!this.#failing && !this.#stopped)
        log.error({ err: error }, 'version changes are not heard; cached access is not used');
      this.#failing = true;
    }
  }

  #isLost(next: string, askedAt: number): boolean {
    if (this.#position === null || BigInt(next) < BigInt(this.#position)) return true;
    return askedAt - this.#provenAt > LONGEST_SILENCE_MS;
  }

  async #prune(now: number): Promise<void> {
    if (now - this.#prunedAt < PRUNE_EVERY_MS) return;
    this.#prunedAt = now;
    await pruneChanges(this.#options.db, new Date(Date.now() - KEPT_MS));
  }
}
