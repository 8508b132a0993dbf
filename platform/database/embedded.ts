import { PGlite } from '@electric-sql/pglite';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import knex, { type Knex } from 'knex';
import { EmbeddedClient } from './embedded-client.ts';

/**
 * PostgreSQL inside this process, on one connection: a query outside a held transaction waits for it.
 * One folder must have one owner process; whoever opens it holds the lock on it.
 */
export async function openEmbedded(place: { folder: string } | { memory: true; from?: Blob }): Promise<Knex> {
  if (process.env['NODE_ENV'] === 'production') {
    throw new Error(
      'The embedded database does not run in production: set DATABASE_URL to a PostgreSQL server.',
    );
  }
  const pglite = await startPGlite(place);
  const db = knex({
    client: EmbeddedClient,
    // Handed over by a function, because knex copies plain connection settings deeply.
    connection: (() => ({ pglite })) as unknown as Knex.StaticConnectionConfig,
    acquireConnectionTimeout: 10_000,
  });
  // knex closes only connections it has used.
  await db.raw('select 1');
  return db;
}

async function startPGlite(place: { folder: string } | { memory: true; from?: Blob }): Promise<PGlite> {
  const where = 'folder' in place ? { dataDir: place.folder } : place.from ? { loadDataDir: place.from } : {};
  try {
    return await PGlite.create({ ...where, extensions: { btree_gist } });
  } catch (cause) {
    const name = 'folder' in place ? `in ${place.folder}` : 'in memory';
    throw new Error(
      `The embedded database ${name} does not start. If its folder is damaged, "npm run reset" begins anew; or set DATABASE_URL.`,
      { cause },
    );
  }
}
