import type { Logger } from '../log.ts';

const LONGEST_PAUSE_MS = 60_000;

export interface PollerOptions {
  /** One look; it throws when it failed. */
  look: () => Promise<void>;
  pollMs: number;
  /** After a failure the pause doubles, up to a minute: a server in trouble is not asked harder. */
  backsOff: boolean;
  log: Logger;
  /** Logged with a failure, the first time it is seen. */
  failed: string;
}

/** Looks again and again, one look at a time, and knows why the last one failed. */
export class Poller {
  readonly #options: PollerOptions;
  #last: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #failures = 0;
  /** Why the last look failed; for `/readyz`. */
  failure: Error | undefined;

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.poll().then(() => this.start()), this.#pause()).unref();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Looks now, after any look that is already going on. Never throws. */
  poll(): Promise<void> {
    return (this.#last = this.#last.then(() => this.#lookOnce()));
  }

  async #lookOnce(): Promise<void> {
    const { look, log, failed } = this.#options;
    try {
      await look();
      if (this.failure) log.info('the policy source is well again');
      this.failure = undefined;
      this.#failures = 0;
    } catch (error) {
      if (String(error) !== String(this.failure)) log.error({ err: error }, failed);
      this.failure = error as Error;
      this.#failures += 1;
    }
  }

  /** Spread by a tenth, so that replicas started together do not ask together. */
  #pause(): number {
    const { pollMs, backsOff } = this.#options;
    const longest = Math.max(pollMs, LONGEST_PAUSE_MS);
    const pause = backsOff ? Math.min(pollMs * 2 ** this.#failures, longest) : pollMs;
    return pause * (0.9 + Math.random() / 5);
  }
}
