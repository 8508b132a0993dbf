import type { Proof } from '../fact-cache.ts';
import { CLOCKS_PART_MS, Moment } from '../moment.ts';

/** Proves that time went on for whoever counts it: the monotonic clock stands still while a machine is suspended. */
export class Clocks implements Proof {
  readonly #onParted: () => void;
  #since = new Moment();

  /** @param onParted what counts on the monotonic clock must go */
  constructor(onParted: () => void) {
    this.#onParted = onParted;
  }

  get proven(): boolean {
    const now = new Moment();
    if (now.partedMs(this.#since) > CLOCKS_PART_MS) {
      this.#since = now;
      this.#onParted();
    }
    return true;
  }
}
