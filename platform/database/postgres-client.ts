import PgClient from 'knex/lib/dialects/postgres/index.js';

interface PooledConnection {
  __knex__disposed?: unknown;
}

/**
 * knex's own PostgreSQL client, except that a connection whose query got no answer in time never returns to the pool:
 * pg gives the caller an error, but the server's late answer would still be on its way.
 */
export class PostgresClient extends PgClient {
  override async _query(connection: PooledConnection, query: unknown): Promise<unknown> {
    try {
      return await super._query(connection, query);
    } catch (error) {
      if (error instanceof Error && error.message === 'Query read timeout')
        connection.__knex__disposed = error;
      throw error;
    }
  }
}
