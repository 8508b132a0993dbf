import type { DropCause } from '../../policies/decision-log/account.ts';
import type { CatalogLine } from '../../policies/decision-log/catalog.ts';
import type { Logger } from '../log.ts';
import type { Batch, Outbox } from './outbox.ts';

export interface DeliveryOptions {
  /** For the log and the metrics. */
  name: string;
  outbox: Outbox;
  /**
   * Writes a batch. Resolves with what became of it; rejects when it may be tried again.
   * `stopped` is aborted when there is no more time.
   */
  deliver: (batch: Batch, stopped: AbortSignal) => Promise<'written' | DropCause>;
  /** Longest time a line waits for others, milliseconds. */
  gatherMs: number;
  log: Logger;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
const PAUSE_AT_THE_END_MS = 50;

/**
 * Carries the lines of an outbox to where they belong, one batch after the other, and again after a pause when that
 * fails. Whoever offers a line never waits for it.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #stopped = new AbortController();
  #gathering: NodeJS.Timeout | undefined;
  #pause: NodeJS.Timeout | undefined;
  #failures = 0;
  #running: Promise<void> | undefined;
  #closing = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  get outbox(): Outbox {
    return this.#options.outbox;
  }

  offer(line: string, catalog: CatalogLine): void {
    if (this.outbox.offer(line, catalog)) void this.#run();
    else this.#gathering ??= setTimeout(() => void this.#gathered(), this.#options.gatherMs).unref();
  }

  /** Tries to write everything that waits, now. What cannot be written goes on waiting. */
  async flush(): Promise<void> {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    await this.#gathered();
  }

  /** Writes what waits, until the time is up, and counts the rest as dropped. */
  async close(milliseconds: number): Promise<void> {
    this.#closing = true;
    const timer = setTimeout(() => this.#stopped.abort(), milliseconds);
    const timeIsUp = new Promise((resolve) => this.#stopped.signal.addEventListener('abort', resolve));
    await Promise.race([this.#untilEmpty(), timeIsUp]);
    clearTimeout(timer);
    clearTimeout(this.#pause);
    clearTimeout(this.#gathering);
    this.outbox.abandon();
  }

  async #untilEmpty(): Promise<void> {
    for (;;) {
      await this.flush();
      if (this.outbox.waiting === 0 || this.#stopped.signal.aborted) return;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_AT_THE_END_MS));
    }
  }

  async #gathered(): Promise<void> {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    this.outbox.cut();
    await this.#run();
  }

  #run(): Promise<void> {
    if (!this.#running && !this.#pause && this.outbox.hasBatch) this.#running = this.#deliverAll();
    return this.#running ?? Promise.resolve();
  }

  async #deliverAll(): Promise<void> {
    const { deliver, outbox } = this.#options;
    try {
      for (let batch = outbox.take(); batch; batch = outbox.take()) {
        outbox.settle(await deliver(batch, this.#stopped.signal));
        this.#recovered();
      }
    } catch (error) {
      this.#failed(error as Error);
    } finally {
      this.#running = undefined;
    }
  }

  #recovered(): void {
    if (this.#failures > 0) this.#options.log.info({ sink: this.name }, 'the decision log is written again');
    this.#failures = 0;
    this.outbox.failing = false;
  }

  /** Between half and the whole of a pause that doubles, so that many processes do not come back at once. */
  #failed(err: Error): void {
    this.outbox.failing = true;
    if (this.#failures === 0)
      this.#options.log.error({ err, sink: this.name }, 'the decision log cannot be written');
    const longest = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
    this.#failures += 1;
    if (this.#closing) return;
    const again = () => {
      this.#pause = undefined;
      void this.#run();
    };
    this.#pause = setTimeout(again, longest * (0.5 + Math.random() / 2)).unref();
  }
}
