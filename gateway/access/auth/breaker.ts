/** Calls that failed in a row before no more are made. */
const MOST_FAILURES = 5;
const PROBE_EVERY_MS = 1000;

export interface BreakerOptions {
  /** Resolves when it is well again. */
  probe: () => Promise<unknown>;
  onChange: (isOpen: boolean) => void;
  mostFailures?: number;
  probeEveryMs?: number;
}

/**
 * A circuit breaker: what failed again and again is left alone, calls are refused at once, and a probe looks every
 * second. The probe is nobody's request: no user waits for it, and a gateway that gets no traffic heals as well.
 */
export class Breaker {
  readonly #options: Required<BreakerOptions>;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #isOpen = false;
  #isStopped = false;

  constructor(options: BreakerOptions) {
    this.#options = { mostFailures: MOST_FAILURES, probeEveryMs: PROBE_EVERY_MS, ...options };
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** @throws Error at once while it is open, else what `call` throws */
  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#isOpen) throw new Error('Auth failed too often in a row, and is only probed for now');
    return this.#watch(call);
  }

  /** Probes no more. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  async #watch<T>(call: () => Promise<T>): Promise<T> {
    try {
      const result = await call();
      this.#failures = 0;
      this.#turn(false);
      return result;
    } catch (error) {
      this.#failures += 1;
      if (this.#failures >= this.#options.mostFailures) this.#turn(true);
      throw error;
    }
  }

  #turn(isOpen: boolean): void {
    if (isOpen === this.#isOpen) return;
    this.#isOpen = isOpen;
    clearTimeout(this.#timer);
    if (isOpen) this.#probeLater();
    this.#options.onChange(isOpen);
  }

  #probeLater(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#watch(this.#options.probe).catch(() => this.#isOpen && this.#probeLater());
    }, this.#options.probeEveryMs).unref();
  }
}
