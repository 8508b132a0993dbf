import { SegmentedCache } from './segmented-cache.ts';

/** Says whether what was read may still be trusted: the change feed was heard within the hard bound. */
export interface Proof {
  readonly proven: boolean;
}

/** A fact with an end: it changes by the clock alone (a trial that runs out). */
export interface Timed {
  /** Monotonic milliseconds; Infinity when nothing is due. */
  changesAt: number;
}

interface Flight<T> {
  /** Monotonic ms. */
  began: number;
  promise: Promise<T>;
  /** A later read of the same began meanwhile: its answer alone is kept. */
  isOvertaken: boolean;
  /** Changes heard while the read was under way: whether its answer is older than each. */
  changes: ((fact: T) => boolean)[];
}

/** A read that began earlier may have looked before what the asker knows of: it is not joined any more. */
const JOINED_MS = 250;
/** Reads of one fact before it is given up: something changes faster than it can be read. */
const MAX_READS = 5;

export interface FactCacheOptions<T> {
  max: number;
  proof: Proof;
  /** @param bearer what `get` was given with the key, for a source that asks in the user's name */
  read: (key: string, bearer?: string) => Promise<T>;
}

/**
 * Facts read at their source, each kept until a change names it or its time is over. Nothing is served that is not
 * proven current, and a read overtaken by a change is read again, so a stale answer can never be stored.
 */
export class FactCache<T extends Timed> {
  readonly #options: FactCacheOptions<T>;
  readonly #facts: SegmentedCache<T>;
  /** Of each key the reads under way, the newest last. */
  readonly #flights = new Map<string, Flight<T>[]>();
  hits = 0;
  reads = 0;

  constructor(options: FactCacheOptions<T>) {
    this.#options = options;
    this.#facts = new SegmentedCache(options.max);
  }

  /** Facts held. */
  get size(): number {
    return this.#facts.size;
  }

  /** The fact, at once when it is known and proven, else freshly read. Rejects when it cannot be had. */
  get(key: string, bearer?: string): T | Promise<T> {
    const known = this.#options.proof.proven ? this.#facts.get(key) : undefined;
    if (known && performance.now() < known.changesAt) {
      this.hits += 1;
      return known;
    }
    const newest = this.#flights.get(key)?.at(-1);
    const isYoung = newest && performance.now() - newest.began <= JOINED_MS;
    return isYoung ? newest.promise : this.#fly(key, bearer);
  }

  /** Reads it anew when it is asked for next, unless it is being read already. */
  forget(key: string): void {
    this.#facts.delete(key);
  }

  /** A change of this key was heard: what is `older` than it goes, also what a read under way brings. */
  invalidate(key: string, older: (fact: T) => boolean = () => true): void {
    const known = this.#facts.peek(key);
    if (known && older(known)) this.#facts.delete(key);
    for (const flight of this.#flights.get(key) ?? []) flight.changes.push(older);
  }

  /** The same for every key that is concerned, by default all. */
  invalidateAll(concerned: (key: string) => boolean = () => true, older?: (fact: T) => boolean): void {
    for (const key of [...this.#facts.keys(), ...this.#flights.keys()]) {
      if (concerned(key)) this.invalidate(key, older);
    }
  }

  #fly(key: string, bearer: string | undefined): Promise<T> {
    const flight: Flight<T> = {
      began: performance.now(),
      changes: [],
      isOvertaken: false,
      promise: Promise.resolve(undefined as never),
    };
    const others = this.#flights.get(key) ?? [];
    for (const other of others) other.isOvertaken = true;
    this.#flights.set(key, [...others, flight]);
    flight.promise = this.#read(key, bearer, flight).finally(() => this.#land(key, flight));
    return flight.promise;
  }

  #land(key: string, flight: Flight<T>): void {
    const others = this.#flights.get(key)!.filter((it) => it !== flight);
    if (others.length > 0) this.#flights.set(key, others);
    else this.#flights.delete(key);
  }

  async #read(key: string, bearer: string | undefined, flight: Flight<T>): Promise<T> {
    for (let reads = 0; reads < MAX_READS; reads += 1) {
      const provenBefore = this.#options.proof.proven;
      flight.changes = [];
      this.reads += 1;
      const fact = await this.#options.read(key, bearer);
      if (flight.changes.some((older) => older(fact))) continue;
      if (provenBefore && !flight.isOvertaken) this.#facts.set(key, fact);
      return fact;
    }
    throw new Error('it changes faster than it can be read');
  }
}
