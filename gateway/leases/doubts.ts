import type { Exchange } from '../request/exchange.ts';

/** Exchanges of one user in one company whose right is in doubt. */
export interface Doubt {
  readonly exchanges: Set<Exchange>;
  /** Monotonic ms; of several doubts the oldest. */
  since: number;
}

/** What waits to be judged again: whoever was named in a change before all the others. */
export class Doubts {
  readonly #named = new Map<string, Doubt>();
  readonly #others = new Map<string, Doubt>();

  add(exchange: Exchange, since: number, isNamed: boolean): void {
    const key = `${exchange.userId} ${exchange.companyId}`;
    const doubts = isNamed ? this.#named : this.#others;
    const known = doubts.get(key);
    if (known) {
      known.exchanges.add(exchange);
      known.since = Math.min(known.since, since);
    } else {
      doubts.set(key, { exchanges: new Set([exchange]), since });
    }
  }

  take(): Doubt | undefined {
    for (const doubts of [this.#named, this.#others]) {
      for (const [key, doubt] of doubts) {
        doubts.delete(key);
        return doubt;
      }
    }
    return undefined;
  }

  /** Takes out those that are older than that. */
  *takeOlder(since: number): Generator<Doubt> {
    for (const doubts of [this.#named, this.#others]) {
      for (const [key, doubt] of doubts) {
        if (doubt.since >= since) continue;
        doubts.delete(key);
        yield doubt;
      }
    }
  }
}
