import type { Database } from '../../platform/database/database.ts';
import { pruneChanges, readChanges, type VersionChange } from '../../platform/versions.ts';
import type { Logger } from '../log.ts';
import type { Proof } from './fact-cache.ts';
import { CLOCKS_PART_MS, Moment } from './moment.ts';

/** How often the version counters are asked when nobody says that they rose. */
const POLL_MS = 150;
/** How long changes stay in the feed, and how often the older ones are taken out. */
const KEPT_MS = 3_600_000;
const PRUNE_EVERY_MS = 600_000;
/** A longer silence may have outlived changes that were never heard; far less than they are kept, for skewed clocks. */
const LONGEST_SILENCE_MS = KEPT_MS / 4;

/** Whoever holds something that changes make untrue. */
export interface Subscriber {
  onChanges(changes: VersionChange[]): void;
  /** The past is lost (first poll, long silence, another or an older database, a suspended machine): trust nothing held. */
  onReset(): void;
}

export interface FeedOptions {
  db: Database;
  /** Longest time since the last answered poll in which cached facts may be used. */
  maxStalenessMs: number;
  log: Logger;
}

/** Where the feed has come to, in which history of the database. */
interface Position {
  next: string;
  timeline: string;
}

/**
 * Polls the version changes and proves with each answer that what is cached is current. What a poll's snapshot
 * contains was true when the poll began, so that moment is what the bound counts from.
 */
export class ChangeFeed implements Proof {
  readonly #options: FeedOptions;
  readonly #subscribers: Subscriber[] = [];
  #position: Position | undefined;
  /** When the last answered poll began. */
  #provenAt: Moment | undefined;
  /** Monotonic ms; only a poll that began later proves anything. */
  #doubtedAt = -Infinity;
  #prunedAt = -Infinity;
  #polling: Promise<void> | undefined;
  #queued: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #failing = false;
  polls = 0;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** In the order in which they are told: who reads caches comes after who keeps them. */
  subscribe(subscriber: Subscriber): void {
    this.#subscribers.push(subscriber);
  }

  get proven(): boolean {
    if (!this.#provenAt || this.#provenAt.monotonic < this.#doubtedAt) return false;
    return this.#provenAt.ageMs() <= this.#options.maxStalenessMs;
  }

  /** Since when nothing proved what is held, in ms; Infinity: nothing ever did. */
  get unprovenMs(): number {
    return this.#provenAt?.ageMs() ?? Infinity;
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

  /** Takes the proof back until a poll that begins from now on is answered; what is held then is dropped. */
  distrust(): void {
    this.#doubtedAt = performance.now();
    void this.hear();
  }

  /** Resolves when a poll that began from now on was answered, or failed. Never throws. */
  hear(): Promise<void> {
    if (!this.#polling) {
      this.#polling = this.#poll().finally(() => (this.#polling = undefined));
      return this.#polling;
    }
    // The one under way may have looked before what the caller wants to hear of.
    this.#queued ??= this.#polling.then(() => {
      this.#queued = undefined;
      return this.hear();
    });
    return this.#queued;
  }

  async #poll(): Promise<void> {
    const { db, log } = this.#options;
    const began = new Moment();
    this.polls += 1;
    try {
      const { changes, ...position } = await readChanges(db, this.#position?.next ?? null);
      if (this.#isLost(position, began)) for (const it of this.#subscribers) it.onReset();
      if (changes.length > 0) for (const it of this.#subscribers) it.onChanges(changes);
      this.#position = position;
      this.#provenAt = began;
      if (this.#failing) log.info('version changes are heard again');
      this.#failing = false;
      await this.#prune(performance.now());
    } catch (error) {
      if (!this.#failing && !this.#stopped)
        log.error({ err: error }, 'version changes are not heard; cached access is not used');
      this.#failing = true;
    }
  }

  #isLost({ next, timeline }: Position, began: Moment): boolean {
    if (!this.#position || !this.#provenAt) return true;
    if (this.#provenAt.monotonic < this.#doubtedAt && this.#doubtedAt <= began.monotonic) return true;
    if (timeline !== this.#position.timeline || BigInt(next) < BigInt(this.#position.next)) return true;
    return (
      began.sinceMs(this.#provenAt) > LONGEST_SILENCE_MS || began.partedMs(this.#provenAt) > CLOCKS_PART_MS
    );
  }

  async #prune(now: number): Promise<void> {
    if (now - this.#prunedAt < PRUNE_EVERY_MS) return;
    this.#prunedAt = now;
    await pruneChanges(this.#options.db, KEPT_MS);
  }
}
