import ClientPGlite from 'knex-pglite';

interface Answered {
  method: string;
  response: { affectedRows?: number };
  returning?: unknown;
}

/** knex-pglite, except that a delete gives the number of rows, as on a server, and not the whole response. */
export class EmbeddedClient extends ClientPGlite {
  override processResponse(query: Answered, runner: unknown): unknown {
    if (query.method === 'del' && !query.returning) return query.response.affectedRows ?? 0;
    return super.processResponse(query, runner);
  }
}
