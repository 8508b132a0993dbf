import { bundleRefused } from '../../policies/engine/failure.ts';
import { openFiles, type Bundle, type Trust } from '../../policies/engine/bundle.ts';
import type { Logger } from '../log.ts';
import { NOTHING_KEPT, type CacheState, type PolicyCache } from './cache.ts';
import type { Clock } from './clock.ts';
import type { Candidate } from './follower.ts';

/** How far the clock of whoever signs may be ahead. */
const SKEW_MS = 300_000;
/** A confirmation is written down at most this often. */
const CONFIRM_EVERY_MS = 60_000;

export interface KeptPoliciesOptions {
  cache: PolicyCache | undefined;
  clock: Clock;
  log: Logger;
}

interface Unkept {
  candidate: Candidate;
  activatedAt: string;
}

/** What must be remembered of policies: the last good ones, how old the next may be, and when they were confirmed. */
export class KeptPolicies {
  readonly #options: KeptPoliciesOptions;
  #state: CacheState = NOTHING_KEPT;
  /** In force, but not on disk yet. */
  #unkept: Unkept | undefined;
  /** Why the cache on disk is behind; for `/readyz`. */
  failure: Error | undefined;

  constructor(options: KeptPoliciesOptions) {
    this.#options = options;
  }

  /** Wall-clock milliseconds since the source last confirmed the last good one. A moment still to come proves nothing. */
  get unconfirmedMs(): number {
    const { confirmedAt } = this.#state;
    const age = confirmedAt === null ? Infinity : this.#options.clock.wall() - Date.parse(confirmedAt);
    return age < -SKEW_MS ? Infinity : Math.max(age, 0);
  }

  /** A damaged record is told and begun anew: the roll-back floor with it. */
  async load(): Promise<void> {
    const { cache, log } = this.#options;
    if (!cache) return;
    try {
      this.#state = await cache.state();
    } catch (error) {
      log.error({ err: error }, 'what was kept of policies cannot be read; it begins anew');
    }
  }

  /** The newest kept one that passes the gates. */
  async lastGood(trust: Trust): Promise<Candidate | undefined> {
    const { cache, log } = this.#options;
    for (const { id, revision } of this.#state.kept) {
      try {
        const bundle = await openFiles(await cache!.read(id), trust);
        this.refuseRollback(bundle);
        return { bundle, id };
      } catch (error) {
        log.error({ err: error, revision }, 'a kept policy cannot be used');
      }
    }
    return undefined;
  }

  /** @throws PolicyFailure when it was signed before one that was in force, or in the future */
  refuseRollback({ signed }: Bundle): void {
    const { floor } = this.#state;
    if (!signed) return;
    if (signed.at === undefined) {
      if (floor === null) return;
      throw bundleRefused(`it does not say when it was signed, and one signed ${floor} was in force`);
    }
    const at = Date.parse(signed.at);
    if (at > this.#options.clock.wall() + SKEW_MS)
      throw bundleRefused(`it was signed in the future: ${signed.at}`);
    if (floor !== null && at < Date.parse(floor)) {
      throw bundleRefused(
        `it is rolled back: signed ${signed.at}, and one signed ${floor} was in force; ` +
          'to go back on purpose run `kisum-cli policy rollback`',
      );
    }
  }

  /** Taken from the source and in force: the one to fall back to from now on. */
  async keep(candidate: Candidate): Promise<void> {
    const { signed } = candidate.bundle;
    const { clock } = this.#options;
    const confirmedAt = new Date(clock.wall()).toISOString();
    this.#state = {
      ...this.#state,
      inForce: candidate.id,
      floor: signed?.at ?? this.#state.floor,
      confirmedAt,
    };
    this.#unkept = { candidate, activatedAt: confirmedAt };
    await this.#save();
  }

  /** Taken from what is kept. */
  async inForce(id: string): Promise<void> {
    this.#state = { ...this.#state, inForce: id };
    await this.#save();
  }

  /** The source has what is in force. */
  async confirm(): Promise<void> {
    const now = this.#options.clock.wall();
    const { confirmedAt } = this.#state;
    if (confirmedAt !== null && now - Date.parse(confirmedAt) < CONFIRM_EVERY_MS && !this.failure) return;
    this.#state = { ...this.#state, confirmedAt: new Date(now).toISOString() };
    await this.#save();
  }

  /** A policy that cannot be kept is in force all the same: a full disk must not hold up a change of policy. */
  async #save(): Promise<void> {
    const { cache, log } = this.#options;
    if (!cache) return;
    try {
      if (this.#unkept) await this.#keepOnDisk(cache, this.#unkept);
      else await cache.save(this.#state);
      this.failure = undefined;
    } catch (error) {
      if (!this.failure) log.error({ err: error }, 'the policy in force cannot be kept on disk');
      this.failure = error as Error;
    }
  }

  async #keepOnDisk(cache: PolicyCache, { candidate, activatedAt }: Unkept): Promise<void> {
    const { id, bundle } = candidate;
    const kept = { id, revision: bundle.revision, signedAt: bundle.signed?.at ?? null, activatedAt };
    this.#state = await cache.keep(this.#state, kept, bundle.files);
    this.#unkept = undefined;
  }
}
