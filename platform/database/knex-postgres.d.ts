/** knex ships its dialects without types; this is the one method we build on. */
declare module 'knex/lib/dialects/postgres/index.js' {
  import { Knex } from 'knex';
  export default class PgClient extends Knex.Client {
    _query(connection: unknown, query: unknown): Promise<unknown>;
  }
}
