import { LRUCache } from 'lru-cache';

/** Of all places, those that only what was asked for again can have. */
const PROTECTED_SHARE = 0.8;

/**
 * A bounded memory that one long walk over cold keys does not wash out: a key is on probation until it is asked for
 * again, and only another key that was asked for again takes its place from then on. (A segmented LRU.)
 */
export class SegmentedCache<V extends object> {
  readonly #max: number;
  readonly #probation: LRUCache<string, V>;
  readonly #protected: LRUCache<string, V>;

  constructor(max: number) {
    this.#max = max;
    this.#probation = new LRUCache({ max });
    this.#protected = new LRUCache({
      max: Math.max(1, Math.floor(max * PROTECTED_SHARE)),
      // Whoever lost its place is on probation once more.
      dispose: (value, key, why) => why === 'evict' && this.#probation.set(key, value),
    });
  }

  get size(): number {
    return this.#probation.size + this.#protected.size;
  }

  get(key: string): V | undefined {
    const known = this.#protected.get(key);
    if (known) return known;
    const proven = this.#probation.peek(key);
    if (!proven) return undefined;
    this.#probation.delete(key);
    this.#protected.set(key, proven);
    return proven;
  }

  /** The same without counting as being asked for. */
  peek(key: string): V | undefined {
    return this.#protected.peek(key) ?? this.#probation.peek(key);
  }

  /** What is known already keeps its place. */
  set(key: string, value: V): void {
    if (this.#protected.has(key)) {
      this.#protected.set(key, value);
      return;
    }
    this.#probation.set(key, value);
    if (this.size > this.#max) this.#probation.pop();
  }

  delete(key: string): void {
    this.#protected.delete(key);
    this.#probation.delete(key);
  }

  clear(): void {
    this.#protected.clear();
    this.#probation.clear();
  }

  *keys(): Generator<string> {
    yield* this.#protected.keys();
    yield* this.#probation.keys();
  }
}
