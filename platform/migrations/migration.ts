import type { Knex } from 'knex';

export interface Migration {
  name: string;
  up(db: Knex): Promise<void>;
  down(db: Knex): Promise<void>;
}

/** A migration of plain SQL. One statement each, because the embedded database takes one at a time. */
export function migration(name: string, statements: { up: string[]; down: string[] }): Migration {
  const run = async (db: Knex, list: string[]): Promise<void> => {
    // A question mark would be a binding to knex.
    for (const statement of list) await db.raw(statement.replaceAll('?', '\\?'));
  };
  return { name, up: (db) => run(db, statements.up), down: (db) => run(db, statements.down) };
}
