import type { CatalogData } from '../../policies/contract.ts';
import type { Bundle, RunnablePolicy, Trust } from '../../policies/engine/bundle.ts';
import { createEngine } from '../../policies/engine/engine.ts';
import type { Logger } from '../log.ts';
import { acceptedIn } from '../../policies/accepted.ts';
import { Follower, type Candidate } from './follower.ts';
import { Poller } from './poller.ts';
import { Shadow, type ShadowMaker } from './shadow.ts';
import { ShadowTally } from './shadow-tally.ts';
import type { PolicySource } from './source.ts';

const REPORT_MS = 60_000;
/** A look-on needs no fast start, and its first evaluations are nobody's wait. */
const WARM_UP = 20;
const LAST_TURN_MS = 100;

export interface ShadowKeeperOptions {
  source: PolicySource;
  trust: Trust;
  /** Sets a candidate beside the policy in force. @throws when it does not work on the catalog; the old one stays */
  useShadow: (make: ShadowMaker) => Promise<void>;
  basis: () => unknown;
  pollMs: number;
  log: Logger;
}

/** Holds the candidate that is evaluated in the shadow: the same places, gates and reload as the policy in force. */
export class ShadowKeeper {
  readonly #options: ShadowKeeperOptions;
  readonly #poller: Poller;
  #candidate: Bundle | undefined;
  #tally: ShadowTally | undefined;
  #shadow: Shadow | undefined;
  #reporting: NodeJS.Timeout | undefined;

  constructor(options: ShadowKeeperOptions) {
    this.#options = options;
    const { source, trust, basis, pollMs, log } = options;
    const follower = new Follower({ source, trust, basis, take: (it) => this.#take(it) });
    this.#poller = new Poller({
      look: () => follower.look(),
      pollMs,
      backsOff: source.isServer,
      log,
      failed: 'shadow: the candidate is not taken from its source',
    });
  }

  /** Revision of the candidate that looks on. */
  get revision(): string | undefined {
    return this.#shadow && this.#candidate?.revision;
  }

  /** Of the newest pair of policy in force and candidate. */
  get tally(): ShadowTally | undefined {
    return this.#tally;
  }

  /** Why there is no newer candidate. */
  get failure(): Error | undefined {
    return this.#poller.failure;
  }

  start(): void {
    this.#poller.start();
    this.#reporting = setInterval(() => this.#tally?.report(), REPORT_MS).unref();
  }

  /** Looks for another candidate. Never throws. */
  poll(): Promise<void> {
    return this.#poller.poll();
  }

  /** Ends with a last report. */
  stop(): void {
    this.#poller.stop();
    clearInterval(this.#reporting);
    this.#shadow?.compare(LAST_TURN_MS);
    this.#tally?.close();
  }

  async #take({ bundle }: Candidate): Promise<void> {
    const { useShadow, log } = this.#options;
    await useShadow((data, inForce) => this.#beside(bundle, data, inForce));
    this.#candidate = bundle;
    log.info({ shadow: bundle.revision }, 'shadow: a candidate looks on');
  }

  /** A change of the catalog alone goes on counting. */
  async #beside(candidate: Bundle, data: CatalogData, inForce: RunnablePolicy): Promise<Shadow> {
    const { log } = this.#options;
    const { revision } = candidate;
    const engine = await createEngine(candidate, data, { warmUp: WARM_UP }).catch((error: unknown) => {
      log.error({ err: error, shadow: revision }, 'shadow: the candidate does not work on this catalog');
      throw error;
    });
    if (this.#tally?.inForce !== inForce.revision || candidate !== this.#candidate) {
      this.#tally?.close();
      const accepted = acceptedIn(candidate.manifest.metadata.kisum);
      this.#tally = new ShadowTally({ inForce: inForce.revision, candidate: revision, accepted, log });
    }
    this.#shadow = new Shadow(engine, this.#tally, (ms) =>
      log.error(
        { shadow: revision, ms: Math.round(ms) },
        'shadow: the candidate is too slow and is not asked again',
      ),
    );
    return this.#shadow;
  }
}
