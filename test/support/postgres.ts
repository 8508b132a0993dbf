import { Cluster, missingPostgres } from './cluster.ts';

/** A real server for tests, or why there is none. */
export type PostgresServer = { url: string } | { missing: string };

let server: Promise<PostgresServer> | undefined;

/**
 * `TEST_DATABASE_URL` (a role that may create databases), else a throwaway cluster of the PostgreSQL installed here,
 * started once per process and gone with it. `KISUM_POSTGRES_REQUIRED=1`: having none is an error, not a skip.
 */
export async function postgresServer(): Promise<PostgresServer> {
  server ??= findServer();
  const found = await server;
  if ('missing' in found) failIfRequired(found.missing);
  return found;
}

/**
 * A throwaway cluster of this caller's own, to be stopped, killed and promoted; skips the test, and says why, when
 * there is none.
 */
export async function ownCluster(test: Mocha.Context, settings: string[] = []): Promise<Cluster> {
  const missing = missingPostgres();
  if (!missing) return Cluster.open(settings);
  failIfRequired(missing);
  process.stderr.write(`\n      NOT EXAMINED on a real PostgreSQL: ${missing}\n`);
  return test.skip();
}

async function findServer(): Promise<PostgresServer> {
  const url = process.env['TEST_DATABASE_URL'];
  if (url) return { url };
  const missing = missingPostgres();
  if (missing) return { missing: `no TEST_DATABASE_URL and ${missing}` };
  return { url: (await Cluster.open()).url };
}

function failIfRequired(missing: string): void {
  if (process.env['KISUM_POSTGRES_REQUIRED'] === '1')
    throw new Error(`A real PostgreSQL is required here, and there is none: ${missing}`);
}
