import { AccessSource } from '../gateway/access/source.ts';
import { AssertionIssuer } from '../gateway/assertion/issuer.ts';
import { OnBehalfOfReader } from '../gateway/assertion/on-behalf-of.ts';
import { CatalogKeeper } from '../gateway/catalog/keeper.ts';
import type { GatewayConfig } from '../gateway/config.ts';
import { Cors } from '../gateway/cors.ts';
import { createLog } from '../gateway/log.ts';
import { Metrics } from '../gateway/metrics.ts';
import type { Parts } from '../gateway/parts.ts';
import { clientAddresses } from '../gateway/request/client-address.ts';
import { KeyStore } from '../gateway/tokens/key-store.ts';
import { TokenVerifier } from '../gateway/tokens/verifier.ts';
import { Upstreams } from '../gateway/upstream/pools.ts';
import { loadBundle } from '../policies/engine/bundle.ts';
import type { Database } from '../platform/database/database.ts';

/** The gateway's own parts without its listeners, so that each can be timed alone. */
export async function openParts(db: Database, config: GatewayConfig): Promise<Parts> {
  const { log } = createLog('info');
  const algorithms = config.AUTH_ALGORITHMS;
  const catalogs = new CatalogKeeper({ db, bundle: await loadBundle(), upstreams: config.UPSTREAMS, log });
  const onCatalogChange = (version: number) => void catalogs.reload(version);
  const access = new AccessSource({ db, maxStalenessMs: 60_000, log, onCatalogChange });
  const keys = new KeyStore({
    url: config.AUTH_JWKS_URL,
    algorithms,
    cooldownMs: 1,
    maxAgeMs: 300_000,
    log,
    onChange: () => {},
  });
  const parts: Parts = {
    db,
    catalogs,
    access,
    users: access.users,
    verifier: new TokenVerifier({
      keys,
      issuer: config.AUTH_ISSUER,
      audience: config.AUTH_AUDIENCE,
      algorithms,
    }),
    onBehalfOf: new OnBehalfOfReader(config.assertionKeys),
    issuer: new AssertionIssuer(config.assertionKeys),
    upstreams: new Upstreams(config.UPSTREAM_TIMEOUT_MS),
    upstreamTimeoutMs: config.UPSTREAM_TIMEOUT_MS,
    cors: new Cors(config.CORS_ORIGINS),
    log,
    metrics: new Metrics(),
    clientAddress: clientAddresses(config.TRUSTED_PROXIES),
    active: new Set(),
    draining: () => false,
  };
  await access.feed.start();
  await keys.refresh();
  await catalogs.reload();
  return parts;
}
