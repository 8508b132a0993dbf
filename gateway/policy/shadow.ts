import { LRUCache } from 'lru-cache';
import type { CatalogData, Decision, DecisionInput } from '../../policies/contract.ts';
import type { RunnablePolicy } from '../../policies/engine/bundle.ts';
import { PolicyFailure } from '../../policies/engine/failure.ts';
import { endingOf } from '../../policies/accepted.ts';
import type { Cell, ShadowTally } from './shadow-tally.ts';

const REMEMBERED = 20_000;
const MOST_WAITING = 1000;
/** One turn of comparing, and how much longer the pause after it is: a tenth of the processor at most. */
const TURN_MS = 1;
const PAUSES = 9;
/**
 * Of the processor: a busy machine makes nobody slow. No policy needs this much for one decision; nothing can interrupt
 * it, so it is not asked again.
 */
const TOO_LONG_MS = 50;

interface Waiting {
  key: string;
  input: DecisionInput;
  decision: Decision;
}

/** Sets a candidate beside the policy in force. @throws PolicyFailure when it does not work on the catalog */
export type ShadowMaker = (data: CatalogData, inForce: RunnablePolicy) => Promise<Shadow>;

/** A policy's answer to one question; of the engine nothing else is used here. */
export interface Decider {
  decide(input: DecisionInput): Decision;
}

/**
 * A candidate policy that looks on. It is asked after the answer went its way, on a bounded queue, and whatever it says
 * or throws is only counted.
 */
export class Shadow {
  readonly #engine: Decider;
  readonly #tally: ShadowTally;
  readonly #onTooSlow: (ms: number) => void;
  readonly #remembered = new LRUCache<string, Cell>({ max: REMEMBERED });
  #waiting: Waiting[] = [];
  #isDue = false;
  #isOff = false;

  constructor(engine: Decider, tally: ShadowTally, onTooSlow: (ms: number) => void) {
    this.#engine = engine;
    this.#tally = tally;
    this.#onTooSlow = onTooSlow;
  }

  /**
   * Notes what the policy in force decided. Never throws, never waits: the same facts again cost one look-up.
   * @param key of the remembered decision
   */
  observe(key: string, input: () => DecisionInput, decision: Decision): void {
    const known = this.#remembered.get(key);
    if (known) {
      known.count += 1;
    } else if (this.#isOff || this.#waiting.length >= MOST_WAITING) {
      this.#tally.skipped += 1;
    } else {
      this.#waiting.push({ key, input: input(), decision });
      this.#compareIn(0);
    }
  }

  /** Compares what waits, for about so many milliseconds. */
  compare(forMs = Infinity): void {
    const began = performance.now();
    let done = 0;
    while (done < this.#waiting.length && performance.now() - began < forMs && !this.#isOff) {
      this.#compareOne(this.#waiting[done]!);
      done += 1;
    }
    const left = this.#waiting.slice(done);
    if (this.#isOff) this.#tally.skipped += left.length;
    this.#waiting = this.#isOff ? [] : left;
    if (this.#waiting.length > 0) this.#compareIn((performance.now() - began) * PAUSES);
  }

  #compareIn(ms: number): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setTimeout(() => {
      this.#isDue = false;
      this.compare(TURN_MS);
    }, ms).unref();
  }

  #compareOne({ key, input, decision }: Waiting): void {
    const cell = this.#remembered.get(key) ?? this.#ask(key, input, decision);
    cell.count += 1;
  }

  #ask(key: string, input: DecisionInput, decision: Decision): Cell {
    let cell = this.#tally.failed;
    const before = process.cpuUsage();
    try {
      const to = endingOf(this.#engine.decide(input));
      cell = this.#tally.cellOf({ route: input.route ?? 'none', from: endingOf(decision), to });
    } catch (error) {
      // An instance that was just spent is made anew; that says nothing about these facts.
      if (error instanceof PolicyFailure && error.kind === 'unavailable') return cell;
    }
    const { user, system } = process.cpuUsage(before);
    const ms = (user + system) / 1000;
    if (ms > TOO_LONG_MS) this.#turnOff(ms);
    this.#remembered.set(key, cell);
    return cell;
  }

  #turnOff(ms: number): void {
    this.#isOff = true;
    this.#onTooSlow(ms);
  }
}
