import type { Knex } from 'knex';
import type { ModuleRequest } from './handler.ts';

/** Column → value. */
export type Row = Record<string, unknown>;

/** A change of one row: no `before` on create, no `after` on delete. `after` holds what was sent over what was there. */
export interface Change {
  before: Row | undefined;
  after: Row | undefined;
  /** The column that names the request's company: which of the row's two sides it is. */
  side: string;
  /** Runs as the module, for the request's company alone. No HTTP inside. */
  tx: Knex.Transaction;
  request: ModuleRequest;
  /**
   * A row of this module, kept from changing until the transaction ends: whoever else takes it waits. So rows that must
   * fit beside each other are written one after the other. Throws when there is none: references are checked before;
   * `not_found` where an older reference leads to a business unit beyond the user's.
   */
  take: (entity: string, id: unknown) => Promise<Row>;
}
