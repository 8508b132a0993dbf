import 'knex';

/** A part of knex's clients that its types leave out. */
declare module 'knex' {
  namespace Knex {
    interface Client {
      processResponse(query: object, runner: unknown): unknown;
    }
  }
}
