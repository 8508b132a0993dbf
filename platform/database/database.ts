import knex, { type Knex } from 'knex';
import { openEmbedded } from './embedded.ts';
import { PostgresClient } from './postgres-client.ts';

/** Every part of the platform speaks to its database through knex; `destroy()` closes it. */
export type Database = Knex;

export type DatabasePlace = { url: string } | { folder: string } | { memory: true; from?: Blob };

export interface DatabaseOptions {
  /** How long one connection attempt or one statement may take, in ms. */
  timeoutMs?: number;
  /** Most connections to a server. The embedded database always has one. */
  poolSize?: number;
}

/** knex would write to the console what the caller is told anyway. */
const ignore = (): void => undefined;
const QUIET = { warn: ignore, error: ignore, deprecate: ignore, debug: ignore };

/** The URL of the server behind it; `undefined` for the embedded database. */
export function serverUrl(db: Database): string | undefined {
  const { connection } = (db.client as { config: Knex.Config }).config;
  return (connection as Knex.PgConnectionConfig & { connectionString?: string }).connectionString;
}

/**
 * A server is not contacted until the first query, so that a gateway can start while it is down.
 * The embedded database (`folder`, `memory`; `from` is a dump of another one) is ready when this returns.
 * Throws when the embedded database is asked for in production.
 */
export async function openDatabase(place: DatabasePlace, options: DatabaseOptions = {}): Promise<Database> {
  if (!('url' in place)) return openEmbedded(place);
  const timeoutMs = options.timeoutMs ?? 5_000;
  return knex({
    client: PostgresClient,
    connection: {
      connectionString: place.url,
      connectionTimeoutMillis: timeoutMs,
      statement_timeout: timeoutMs,
      // A little later than the server's own limit: it is for a server that does not answer at all.
      query_timeout: timeoutMs + 250,
      keepAlive: true,
      application_name: 'kisum',
    } as Knex.PgConnectionConfig,
    // A refused connection is reported at once instead of being tried again until the time-out.
    pool: { min: 0, max: options.poolSize ?? 10, propagateCreateError: true },
    // Later than the attempt to connect, whose own error says more.
    acquireConnectionTimeout: timeoutMs + 250,
    log: QUIET,
  });
}
