import { setImmediate as nextTurn } from 'node:timers/promises';
import type { VersionChange } from '../../platform/versions.ts';
import type { Subscriber } from '../access/feed.ts';
import { Refusal, unavailable } from '../errors.ts';
import type { Parts } from '../parts.ts';
import type { Exchange } from '../request/exchange.ts';
import { Doubts, type Doubt } from './doubts.ts';
import { Judge, type Facts } from './judge.ts';
import { Named } from './named.ts';

/** How often it is looked whether time ended something. */
const SWEEP_MS = 250;
/** Users that are read at the same time: less than half of the connections that requests have. */
const JUDGES = 4;
/** How long judging may keep requests from their turn. */
const TURN_MS = 5;

export interface LeaseOptions {
  /** Longest an open stream goes on without proof that its access is current. */
  leaseMs: number;
  /** What proves access current; absent where each answer ends by itself. */
  proof: { readonly unprovenMs: number } | undefined;
}

type LeaseParts = Pick<Parts, 'active' | 'feed' | 'access' | 'catalogs' | 'policies' | 'decisionLog'>;

/**
 * Every request being served holds a lease on its access. It is judged again when a change names its user or company,
 * when another catalog or policy is in force, and when time ends what it was allowed by; what is allowed no longer, or
 * cannot be determined, is cut.
 */
export class Leases implements Subscriber {
  readonly #parts: LeaseParts;
  readonly #options: LeaseOptions;
  readonly #judge: Judge;
  readonly #doubts = new Doubts();
  readonly #judging = new Set<Doubt>();
  /** In doubt since when, and to be looked at in the next sweep: judged for the first time just now, or not cut yet. */
  #later = new Map<Exchange, number>();
  /** Changes of the last time: the feed repeats itself. */
  #heard = new Set<string>();
  #judges = 0;
  #sweptAt = performance.now();
  #isLate = false;
  #timer: NodeJS.Timeout | undefined;

  /** Subscribes after whoever keeps access, so that what it reads is not what was held before. */
  constructor(parts: LeaseParts, options: LeaseOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#judge = new Judge(parts);
    parts.feed.subscribe(this);
    parts.catalogs.onSwap(() => this.#doubtAll());
  }

  start(): void {
    this.#sweptAt = performance.now();
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  onChanges(changes: VersionChange[]): void {
    const texts = changes.map((it) => JSON.stringify(it));
    const named = new Named(changes.filter((_, i) => !this.#heard.has(texts[i]!)));
    this.#heard = new Set(texts);
    if (named.isNobody) return;
    const since = performance.now();
    for (const exchange of this.#parts.active) {
      // Who is still being recognised may be named all the same.
      const isUnknown = exchange.userId === undefined && !exchange.transfer;
      if (isUnknown || named.has(exchange)) this.#doubt(exchange, since, true);
    }
    this.#work();
  }

  onReset(): void {
    this.#heard.clear();
    this.#doubtAll();
  }

  #doubtAll(): void {
    const since = performance.now();
    for (const exchange of this.#parts.active) this.#doubt(exchange, since, false);
    this.#work();
  }

  #doubt(exchange: Exchange, since: number, isNamed: boolean): void {
    if (exchange.transfer) this.#doubts.add(exchange, since, isNamed);
    else this.#later.set(exchange, since);
  }

  #sweep(): void {
    const { active, policies } = this.#parts;
    const now = performance.now();
    this.#isLate = !this.#isLate && now - this.#sweptAt > 2 * SWEEP_MS;
    this.#sweptAt = now;
    const later = this.#later;
    this.#later = new Map();
    for (const [exchange, since] of later) if (active.has(exchange)) this.#doubt(exchange, since, true);
    const isOutdated = !policies.isCurrent;
    for (const exchange of active) {
      const changesAt = isOutdated || this.#isTimeless(exchange) ? now : changeOf(exchange);
      if (changesAt <= now) this.#doubt(exchange, changesAt, true);
    }
    // A process that stood still could not hear of anything either: what waits for it is heard before the next sweep.
    if (!this.#isLate) this.#cutOverdue(now);
    this.#work();
  }

  /** Where nothing proves a user current, and no access of theirs ends by itself: the source is asked what it knows. */
  #isTimeless({ userId, access }: Exchange): boolean {
    return !this.#options.proof && userId !== undefined && !access;
  }

  /** Cuts what would be without proof for longer than the lease before the next sweep. */
  #cutOverdue(now: number): void {
    const { leaseMs, proof } = this.#options;
    const oldest = now + SWEEP_MS - leaseMs;
    const overdue = [
      ...this.#doubts.takeOlder(oldest),
      ...[...this.#judging].filter((it) => it.since < oldest),
    ];
    const unproven = overdue.flatMap(({ exchanges }) => [...exchanges]);
    if (proof && proof.unprovenMs + SWEEP_MS > leaseMs)
      unproven.push(...[...this.#parts.active].filter(({ userId }) => userId !== undefined));
    const refusal = unavailable('access cannot be determined');
    for (const exchange of unproven) {
      // What cannot be cut yet is judged once more, and has until the next sweep.
      if (exchange.transfer?.cut(refusal) === false) this.#doubts.add(exchange, oldest, true);
    }
  }

  #work(): void {
    while (this.#judges < JUDGES) {
      this.#judges += 1;
      void this.#judgeAll();
    }
  }

  async #judgeAll(): Promise<void> {
    await nextTurn();
    let began = performance.now();
    for (let doubt = this.#doubts.take(); doubt; doubt = this.#doubts.take()) {
      this.#judging.add(doubt);
      await this.#settle(doubt);
      this.#judging.delete(doubt);
      if (performance.now() - began < TURN_MS) continue;
      await nextTurn();
      began = performance.now();
    }
    this.#judges -= 1;
  }

  async #settle({ exchanges, since }: Doubt): Promise<void> {
    // What is read is true of one token: where Auth is asked, it is asked with it.
    for (const alike of byToken(exchanges)) {
      const facts = await this.#judge.read(alike[0]!).catch((refusal: Refusal) => refusal);
      for (const exchange of alike) this.#conclude(exchange, facts, since);
    }
  }

  #conclude(exchange: Exchange, facts: Facts | Refusal, since: number): void {
    if (!this.#parts.active.has(exchange)) return;
    const refusal = facts instanceof Refusal ? facts : this.#refusalOf(exchange, facts);
    if (refusal?.code === 'service_unavailable') this.#later.set(exchange, since);
    else if (refusal && exchange.transfer?.cut(refusal) === false)
      this.#later.set(exchange, performance.now());
  }

  #refusalOf(exchange: Exchange, facts: Facts): Refusal | undefined {
    try {
      this.#judge.again(exchange, facts);
      return undefined;
    } catch (cause) {
      return cause instanceof Refusal ? cause : unavailable('access cannot be determined', cause);
    }
  }
}

function byToken(exchanges: Iterable<Exchange>): Iterable<Exchange[]> {
  const groups = new Map<string | undefined, Exchange[]>();
  for (const exchange of exchanges) {
    const known = groups.get(exchange.bearer);
    if (known) known.push(exchange);
    else groups.set(exchange.bearer, [exchange]);
  }
  return groups.values();
}

/** When time alone ends what it was allowed by, monotonic. */
function changeOf({ access, user }: Exchange): number {
  return Math.min(access?.changesAt ?? Infinity, user?.changesAt ?? Infinity);
}
