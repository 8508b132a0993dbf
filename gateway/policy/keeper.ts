import { openFiles, type Bundle, type Trust } from '../../policies/engine/bundle.ts';
import type { Logger } from '../log.ts';
import type { Pin, PolicyCache } from './cache.ts';
import { systemClock, type Clock } from './clock.ts';
import { Follower, type Candidate } from './follower.ts';
import { KeptPolicies } from './kept.ts';
import { Poller } from './poller.ts';
import type { PolicySource } from './source.ts';

export interface PolicyKeeperOptions {
  source: PolicySource;
  trust: Trust;
  /** Where the last good ones are kept; without it there is nothing to fall back or to roll back to. */
  cache?: PolicyCache | undefined;
  /** Puts a bundle in force in one swap. @throws when it does not work, and nothing has changed */
  activate: (bundle: Bundle) => Promise<void>;
  /** What an activation depends on beside the bundle: the catalog's version. */
  basis: () => unknown;
  pollMs: number;
  /** Longest use of a bundle its server did not confirm. */
  maxStalenessMs: number;
  log: Logger;
  clock?: Clock;
}

/**
 * Holds which policy is in force. A newer one is verified, compiled, asked its known answers and warmed up beside it;
 * then it is swapped in. Whatever fails on the way leaves the old one where it is.
 */
export class PolicyKeeper {
  readonly #options: PolicyKeeperOptions;
  readonly #clock: Clock;
  readonly #follower: Follower;
  readonly #poller: Poller;
  readonly #kept: KeptPolicies;
  #inForce: Bundle | undefined;
  #pin: Pin | undefined;
  /** Monotonic. */
  #confirmedAt = -Infinity;
  /** How often another policy was put in force. */
  activations = 0;

  constructor(options: PolicyKeeperOptions) {
    const { source, trust, basis, cache, pollMs, log, clock = systemClock } = options;
    this.#options = options;
    this.#clock = clock;
    this.#follower = new Follower({ source, trust, basis, take: (it) => this.#take(it) });
    this.#kept = new KeptPolicies({ cache, clock, log });
    this.#poller = new Poller({
      look: () => this.#look(),
      pollMs,
      backsOff: source.isServer,
      log,
      failed: 'policy not taken from its source, the one in force stays',
    });
  }

  /** Why the newest policy is not in force, or could not be asked for; for `/readyz`. */
  get failure(): Error | undefined {
    return this.#poller.failure ?? this.#kept.failure;
  }

  /** Whether an operator wants a kept one in force, whatever the source has. */
  get isPinned(): boolean {
    return this.#pin !== undefined;
  }

  get inForce(): Bundle | undefined {
    return this.#inForce;
  }

  /** Milliseconds since the source was known to have what is in force. */
  get unconfirmedMs(): number {
    return this.#clock.monotonic() - this.#confirmedAt;
  }

  /** Whether it may be decided by what is in force. Disk and operators are believed; a server must be heard. */
  get isCurrent(): boolean {
    const { source, maxStalenessMs } = this.#options;
    return !source.isServer || this.isPinned || this.unconfirmedMs <= maxStalenessMs;
  }

  /**
   * Puts the first policy in force: what an operator pinned, what the source has, or else the last good one.
   * @throws Error why there is none
   */
  async open(): Promise<void> {
    await this.#kept.load();
    await this.poll();
    if (this.#inForce) return;
    const last = await this.#kept.lastGood(this.#options.trust);
    if (!last) throw this.#poller.failure ?? new Error('there is no policy');
    await this.#activate(last.bundle);
    await this.#kept.inForce(last.id);
    this.#confirmedAt = this.#clock.monotonic() - this.#kept.unconfirmedMs;
    const { revision } = last.bundle;
    this.#options.log.warn(
      { revision },
      'the last good policy is in force until its source has a usable one',
    );
  }

  /** Looks at the source again and again. */
  start(): void {
    this.#poller.start();
  }

  stop(): void {
    this.#poller.stop();
  }

  /** Looks now. Never throws. */
  poll(): Promise<void> {
    return this.#poller.poll();
  }

  async #look(): Promise<void> {
    const pin = await this.#options.cache?.pin();
    if (pin) return this.#stayOn(pin);
    if (this.#pin) this.#unpin();
    // What is confirmed was so when it was asked for.
    const askedAt = this.#clock.monotonic();
    await this.#follower.look();
    this.#confirmedAt = askedAt;
    await this.#kept.confirm();
  }

  /** A policy the source has now. */
  async #take(candidate: Candidate): Promise<void> {
    this.#kept.refuseRollback(candidate.bundle);
    await this.#activate(candidate.bundle);
    await this.#kept.keep(candidate);
  }

  /** A kept policy an operator wants; it passes the gates again, but for its age. */
  async #stayOn(pin: Pin): Promise<void> {
    if (this.#pin?.id === pin.id) return;
    const { cache, trust, log } = this.#options;
    try {
      const bundle = await openFiles(await cache!.read(pin.id), trust);
      await this.#activate(bundle);
    } catch (cause) {
      const way = 'roll back to another, or end it with `kisum-cli policy rollback --end`';
      throw new Error(`the policy ${pin.revision}, rolled back to by ${pin.by}, cannot be used: ${way}`, {
        cause,
      });
    }
    this.#pin = pin;
    await this.#kept.inForce(pin.id);
    log.warn(
      { revision: pin.revision, by: pin.by },
      'rolled back; the source is not followed until that ends',
    );
  }

  #unpin(): void {
    this.#pin = undefined;
    this.#follower.forget();
    this.#confirmedAt = this.#clock.monotonic();
    this.#options.log.info('the rollback ended; the source is followed again');
  }

  async #activate(bundle: Bundle): Promise<void> {
    // Otherwise only the signature is new.
    if (bundle.digest !== this.#inForce?.digest) {
      await this.#options.activate(bundle);
      this.activations += 1;
      const { revision, signed } = bundle;
      this.#options.log.info({ revision, ...(signed && { signed }) }, 'policy in force');
    }
    this.#inForce = bundle;
  }
}
