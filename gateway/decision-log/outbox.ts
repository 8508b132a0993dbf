import {
  DROP_CAUSES,
  type Account,
  type DropCause,
  type Dropped,
} from '../../policies/decision-log/account.ts';
import type { CatalogLine } from '../../policies/decision-log/catalog.ts';
import { Page } from './page.ts';

/** Decisions that are written together. */
export interface Batch {
  /** A line for each. */
  page: Page;
  count: number;
  /** What the decisions in it were decided on, one after the other. */
  catalogs: CatalogLine[];
}

export interface OutboxLimits {
  /** Of one batch; it is full with the line that reaches it. */
  batchBytes: number;
  /** Of all lines that wait. */
  bufferBytes: number;
}

const emptyBatch = (page = new Page()): Batch => ({ page, count: 0, catalogs: [] });

/**
 * The decisions that wait for one sink, in bounded room, and the account of all there ever were. At every moment
 * accepted = written + dropped + waiting.
 */
export class Outbox {
  readonly #limits: OutboxLimits;
  readonly #full: Batch[] = [];
  readonly #dropped = Object.fromEntries(DROP_CAUSES.map((cause) => [cause, 0])) as Dropped;
  #open = emptyBatch();
  #taken: Batch | undefined;
  /** Of a batch that is settled: its memory is warm. */
  #spare: Page | undefined;
  #bytes = 0;
  #accepted = 0;
  #written = 0;
  /** Set while the sink fails: what finds no room meanwhile is lost to that. */
  failing = false;

  constructor(limits: OutboxLimits) {
    this.#limits = limits;
  }

  get account(): Account & { dropped: Dropped } {
    return { accepted: this.#accepted, written: this.#written, dropped: { ...this.#dropped } };
  }

  /** Decisions that are neither written nor dropped yet. */
  get waiting(): number {
    const batches = [...this.#full, this.#open, ...(this.#taken ? [this.#taken] : [])];
    return batches.reduce((sum, { count }) => sum + count, 0);
  }

  /** Whether `take` would give a batch. */
  get hasBatch(): boolean {
    return this.#taken !== undefined || this.#full.length > 0;
  }

  /** Takes a line in, or counts it as dropped. Never waits. @returns whether a batch has just become full */
  offer(line: string, catalog: CatalogLine): boolean {
    this.#accepted += 1;
    if (this.#bytes + line.length > this.#limits.bufferBytes) {
      this.#dropped[this.failing ? 'failed' : 'overflow'] += 1;
      return false;
    }
    const open = this.#open;
    const before = open.page.length;
    open.page.add(line);
    open.count += 1;
    if (open.catalogs.at(-1) !== catalog) open.catalogs.push(catalog);
    this.#bytes += open.page.length - before;
    if (open.page.length < this.#limits.batchBytes) return false;
    this.cut();
    return true;
  }

  /** Counts a decision that the log's policy leaves out. */
  leaveOut(): void {
    this.#accepted += 1;
    this.#dropped.policy += 1;
  }

  /** Makes a batch of what there is, full or not. */
  cut(): void {
    if (this.#open.count === 0) return;
    this.#full.push(this.#open);
    this.#open = emptyBatch(this.#spare);
    this.#spare = undefined;
  }

  /** The oldest batch. It is the same one until it is settled. */
  take(): Batch | undefined {
    this.#taken ??= this.#full.shift();
    return this.#taken;
  }

  /** What became of the batch that was taken. */
  settle(end: 'written' | DropCause): void {
    if (!this.#taken) return;
    const { page, count } = this.#taken;
    this.#taken = undefined;
    this.#bytes -= page.length;
    if (end === 'written') this.#written += count;
    else this.#dropped[end] += count;
    // Whoever was too slow may be at it still.
    if (end === 'shutdown') return;
    page.cut(0);
    this.#spare = page;
  }

  /** Nothing more will be written: what waits is counted. */
  abandon(): void {
    this.cut();
    while (this.take()) this.settle('shutdown');
  }
}
