import type { Knex } from 'knex';
import { conflict, invalid, ModuleError, unavailable } from './errors.ts';

/**
 * A module's own data and nothing else: every transaction runs as the module's role, in its schema, for one company.
 * No HTTP inside: the embedded database has a single connection.
 */
export interface Store {
  transaction<T>(company: string, work: (tx: Knex.Transaction) => Promise<T>): Promise<T>;
}

export function roleOf(module: string): string {
  return `kisum_${module}`;
}

export function createStore(db: Knex, module: string): Store {
  const bounds = `select set_config('role', ?, true), set_config('search_path', ?, true), set_config('kisum.company', ?, true)`;
  return {
    async transaction(company, work) {
      try {
        return await db.transaction(async (tx) => {
          await tx.raw(bounds, [roleOf(module), module, company]);
          return work(tx);
        });
      } catch (error) {
        throw fromDatabase(error);
      }
    },
  };
}

/** What the database refuses is the client's to mend; that it cannot be asked is a 503; a wrong statement is a bug. */
function fromDatabase(error: unknown): unknown {
  if (error instanceof ModuleError || isBug(error)) return error;
  const code = sqlState(error);
  if (code === '23505') return conflict('it exists already');
  if (code.startsWith('22') || code === '23514') return invalid('a value cannot be stored');
  return unavailable('the database does not answer', error);
}

function isBug(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError || sqlState(error).startsWith('42');
}

function sqlState(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}
