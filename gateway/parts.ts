import { openDatabase, serverUrl, type Database } from '../platform/database/database.ts';
import { AuthClient } from './access/auth/client.ts';
import { AuthSource } from './access/auth/source.ts';
import { DatabaseSource } from './access/database-source.ts';
import { ChangeFeed } from './access/feed.ts';
import { Listener } from './access/listener.ts';
import type { AccessSource } from './access/source.ts';
import { AssertionIssuer } from './assertion/issuer.ts';
import { OnBehalfOfReader } from './assertion/on-behalf-of.ts';
import { CatalogKeeper } from './catalog/keeper.ts';
import type { GatewayConfig } from './config.ts';
import { Cors } from './cors.ts';
import type { DecisionLog } from './decision-log/decision-log.ts';
import { openDecisionLog } from './decision-log/open.ts';
import type { Logger } from './log.ts';
import { Metrics } from './metrics.ts';
import { openPolicies } from './policy/policies.ts';
import type { PolicyKeeper } from './policy/keeper.ts';
import type { ShadowKeeper } from './policy/shadow-keeper.ts';
import { clientAddresses } from './request/client-address.ts';
import type { Exchange } from './request/exchange.ts';
import { KeyStore } from './tokens/key-store.ts';
import { TokenVerifier } from './tokens/verifier.ts';
import { Upstreams } from './upstream/pools.ts';

/** Connections for the change feed alone: what proves that access is current never waits behind what reads it. */
const FEED_CONNECTIONS = 2;
/** How long the last decisions may take to be written when the gateway ends. */
const LAST_DECISIONS_MS = 3000;

/** What the steps work with, built once when the gateway starts. A step takes only the parts it names. */
export interface Parts {
  db: Database;
  /** The same database, on connections of the change feed's own. */
  feedDb: Database;
  catalogs: CatalogKeeper;
  policies: PolicyKeeper;
  /** Absent when no candidate looks on. */
  shadow: ShadowKeeper | undefined;
  feed: ChangeFeed;
  /** Absent on the embedded database, whose changes this process makes itself. */
  listener: Listener | undefined;
  /** Absent where access is read from the database. */
  auth: AuthClient | undefined;
  access: AccessSource;
  keys: KeyStore;
  verifier: TokenVerifier;
  onBehalfOf: OnBehalfOfReader;
  issuer: AssertionIssuer;
  /** What versions of writes are sealed with; absent: none is accepted. */
  versionSecret: string | undefined;
  upstreams: Upstreams;
  upstreamTimeoutMs: number;
  /** Longest an open stream goes on without proof that its access is current. */
  accessLeaseMs: number;
  cors: Cors;
  log: Logger;
  /** Whether every request is a line of the log, or only what fails. */
  logsRequests: boolean;
  /** Absent when decisions are not logged on their own. */
  decisionLog: DecisionLog | undefined;
  metrics: Metrics;
  clientAddress: (exchange: Exchange) => string | undefined;
  /** Requests being served, open tunnels included. */
  active: Set<Exchange>;
  lifecycle: { draining: boolean };
}

/**
 * Builds every part; of all that is outside, only the policy is asked for yet.
 * @throws PolicyFailure naming why the policy bundle is refused, or the reason why decisions cannot be logged
 */
export async function buildParts(config: GatewayConfig, db: Database, log: Logger): Promise<Parts> {
  const { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience, AUTH_ALGORITHMS: algorithms } = config;
  const catalogs = new CatalogKeeper({ db, upstreams: config.UPSTREAMS, log });
  const { policies, shadow } = await openPolicies(config, catalogs, log);
  const feedDb = await feedDatabase(db, config);
  const feed = new ChangeFeed({ db: feedDb, maxStalenessMs: config.ACCESS_MAX_STALENESS_MS, log });
  feed.subscribe(catalogs);
  const auth = authOf(config, log);
  const keys: KeyStore = new KeyStore({
    url: config.AUTH_JWKS_URL,
    algorithms,
    cooldownMs: config.JWKS_COOLDOWN_MS,
    maxAgeMs: config.JWKS_MAX_AGE_MS,
    log,
    onChange: () => verifier.forget(),
  });
  const verifier = new TokenVerifier({ keys, issuer, audience, algorithms });
  const parts: Parts = {
    db,
    feedDb,
    catalogs,
    policies,
    shadow,
    feed,
    listener: listenTo(feed, config, feedDb, log),
    auth,
    access: accessFrom(auth ?? db, feed, config),
    keys,
    verifier,
    onBehalfOf: new OnBehalfOfReader(config.assertionKeys),
    issuer: new AssertionIssuer(config.assertionKeys),
    versionSecret: config.INTERNAL_API_KEY,
    upstreams: new Upstreams(config.UPSTREAM_TIMEOUT_MS),
    upstreamTimeoutMs: config.UPSTREAM_TIMEOUT_MS,
    accessLeaseMs: config.ACCESS_LEASE_MS,
    cors: new Cors(config.CORS_ORIGINS),
    log,
    logsRequests: config.REQUEST_LOG === 'on',
    decisionLog: await openDecisionLog(config, log),
    metrics: new Metrics(),
    clientAddress: clientAddresses(config.TRUSTED_PROXIES),
    active: new Set<Exchange>(),
    lifecycle: { draining: false },
  };
  parts.metrics.watch(parts);
  return parts;
}

/** Learns what there is to know: version changes, keys, catalog. What cannot be had now is tried again by itself. */
export async function openParts({ feed, listener, keys, catalogs, policies, shadow }: Parts): Promise<void> {
  await Promise.all([feed.start(), listener?.start(), keys.refresh()]);
  await catalogs.reload();
  await shadow?.poll();
  policies.start();
  shadow?.start();
}

export async function closeParts(parts: Parts): Promise<void> {
  const { db, feedDb, feed, listener, auth, keys, upstreams, policies, shadow, decisionLog } = parts;
  feed.stop();
  listener?.stop();
  keys.stop();
  policies.stop();
  shadow?.stop();
  await decisionLog?.close(LAST_DECISIONS_MS);
  await Promise.all([upstreams.close(), auth?.close()]);
  if (feedDb !== db) await feedDb.destroy();
}

/** An answer that took longer than it may be used is none. */
function authOf(config: GatewayConfig, log: Logger): AuthClient | undefined {
  const { ACCESS_SOURCE, AUTH_URL, INTERNAL_API_KEY, AUTH_TIMEOUT_MS, ACCESS_MAX_STALENESS_MS } = config;
  if (ACCESS_SOURCE === 'database') return undefined;
  return new AuthClient({
    url: AUTH_URL!,
    internalApiKey: INTERNAL_API_KEY!,
    timeoutMs: Math.min(AUTH_TIMEOUT_MS, ACCESS_MAX_STALENESS_MS),
    log,
  });
}

function accessFrom(origin: AuthClient | Database, feed: ChangeFeed, config: GatewayConfig): AccessSource {
  if (!(origin instanceof AuthClient)) return new DatabaseSource(origin, feed);
  const source = new AuthSource(origin, config.ACCESS_MAX_STALENESS_MS);
  feed.subscribe(source);
  return source;
}

/** The embedded database has one connection, and is this process's own. */
async function feedDatabase(db: Database, config: GatewayConfig): Promise<Database> {
  const url = serverUrl(db);
  if (!url) return db;
  return openDatabase({ url }, { timeoutMs: config.DB_TIMEOUT_MS, poolSize: FEED_CONNECTIONS });
}

function listenTo(feed: ChangeFeed, config: GatewayConfig, db: Database, log: Logger): Listener | undefined {
  const url = config.DATABASE_LISTEN_URL ?? serverUrl(db);
  if (!url) return undefined;
  return new Listener({
    url,
    db,
    timeoutMs: config.DB_TIMEOUT_MS,
    log,
    onNotice: () => void feed.hear(),
    onLost: () => feed.distrust(),
  });
}
