import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AuthClient } from './access/auth/client.ts';
import type { ChangeFeed } from './access/feed.ts';
import type { Listener } from './access/listener.ts';
import type { AccessSource } from './access/source.ts';
import type { CatalogKeeper } from './catalog/keeper.ts';
import type { DecisionLog } from './decision-log/decision-log.ts';
import { watchDecisionLog } from './decision-log/metrics.ts';
import type { Refusal } from './errors.ts';
import type { TransferKind } from './leases/transfer.ts';
import type { PolicyKeeper } from './policy/keeper.ts';
import { watchPolicies } from './policy/metrics.ts';
import type { ShadowKeeper } from './policy/shadow-keeper.ts';

/** How a request ended. */
export type Result = 'allowed' | 'denied' | 'failed' | 'aborted';

interface Watched {
  feed: ChangeFeed;
  listener: Listener | undefined;
  auth: AuthClient | undefined;
  access: AccessSource;
  catalogs: CatalogKeeper;
  policies: PolicyKeeper;
  shadow: ShadowKeeper | undefined;
  active: Set<unknown>;
  decisionLog: DecisionLog | undefined;
}

/** What the gateway counts, for Prometheus. */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests: Counter<'route' | 'result' | 'code'>;
  readonly #seconds: Histogram;
  readonly #reasons: Counter<'reason'>;
  readonly #cuts: Counter<'kind' | 'code'>;

  constructor() {
    const registers = [this.registry];
    this.#requests = new Counter({
      name: 'kisum_requests_total',
      help: 'Requests by route id, result and error code',
      labelNames: ['route', 'result', 'code'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'kisum_request_seconds',
      help: 'Time from the request head to the end of the answer',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    });
    this.#reasons = new Counter({
      name: 'kisum_refusals_total',
      help: 'Refusals by the decisive policy reason',
      labelNames: ['reason'],
      registers,
    });
    this.#cuts = new Counter({
      name: 'kisum_leases_cut_total',
      help: 'Requests cut while they were served, by what was under way and error code',
      labelNames: ['kind', 'code'],
      registers,
    });
    collectDefaultMetrics({ register: this.registry });
  }

  observe(route: string, result: Result, refusal: Refusal | undefined, seconds: number): void {
    this.#requests.inc({ route, result, code: refusal?.code ?? '' });
    this.#seconds.observe(seconds);
    if (refusal?.reasons[0]) this.#reasons.inc({ reason: refusal.reasons[0] });
  }

  cut(kind: TransferKind, { code }: Refusal): void {
    this.#cuts.inc({ kind, code });
  }

  /** Figures read when they are asked for. */
  watch({ feed, listener, auth, access, catalogs, active, decisionLog, ...policy }: Watched): void {
    watchPolicies(this.registry, policy);
    if (decisionLog) watchDecisionLog(this.registry, decisionLog);
    this.#gauge('kisum_active_requests', 'Requests being served', () => active.size);
    this.#gauge('kisum_access_cache_hits', 'Accesses served from memory', () => access.counts.hits);
    this.#gauge('kisum_access_cache_reads', 'Accesses read at their source', () => access.counts.reads);
    this.#gauge('kisum_access_proven', '1 while cached access is proven current', () => Number(feed.proven));
    this.#gauge('kisum_access_polls', 'Times the version changes were asked for', () => feed.polls);
    if (listener)
      this.#gauge('kisum_access_notified', '1 while version changes are notified', () =>
        Number(listener.alive),
      );
    if (auth) {
      this.#gauge('kisum_auth_open', '1 while Auth is not asked, because it does not answer', () =>
        Number(auth.breaker.isOpen),
      );
      this.#gauge('kisum_auth_failures', 'Questions that Auth did not answer', () => auth.failures);
    }
    this.#gauge('kisum_catalog_version', 'Version of the catalog in force', () =>
      catalogs.loaded ? catalogs.current.version : 0,
    );
    this.#gauge('kisum_policy_failures', 'Failed evaluations of the policy in force', () =>
      catalogs.loaded
        ? Object.values(catalogs.current.engine.failures).reduce((sum, count) => sum + count, 0)
        : 0,
    );
  }

  #gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }
}
