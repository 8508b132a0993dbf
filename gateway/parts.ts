import type { AccessSource, UserFact } from './access/source.ts';
import type { FactCache } from './access/fact-cache.ts';
import type { AssertionIssuer } from './assertion/issuer.ts';
import type { OnBehalfOfReader } from './assertion/on-behalf-of.ts';
import type { CatalogKeeper } from './catalog/keeper.ts';
import type { Cors } from './cors.ts';
import type { Database } from '../platform/database/database.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Exchange } from './request/exchange.ts';
import type { TokenVerifier } from './tokens/verifier.ts';
import type { Upstreams } from './upstream/pools.ts';

/** What the steps work with, built once when the gateway starts. A step takes only the parts it names. */
export interface Parts {
  db: Database;
  catalogs: CatalogKeeper;
  access: AccessSource;
  users: FactCache<UserFact>;
  verifier: TokenVerifier;
  onBehalfOf: OnBehalfOfReader;
  issuer: AssertionIssuer;
  upstreams: Upstreams;
  upstreamTimeoutMs: number;
  cors: Cors;
  log: Logger;
  metrics: Metrics;
  clientAddress: (exchange: Exchange) => string | undefined;
  /** Requests being served, open tunnels included. */
  active: Set<Exchange>;
  draining: () => boolean;
}
