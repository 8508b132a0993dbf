import type { Knex } from 'knex';
import { conflict, invalid, unavailable } from './errors.ts';
import type { Units } from './scope.ts';

/**
 * A module's own data and nothing else: every transaction runs as the module's role, in its schema, for one company and
 * the business units within reach. No HTTP inside: the embedded database has a single connection.
 */
export interface Store {
  transaction<T>(reach: Reach, work: (tx: Knex.Transaction) => Promise<T>): Promise<T>;
}

/** Whose rows a transaction may reach. */
export interface Reach {
  company: string;
  units: Units;
}

/** Name → sentence. */
export type Sentences = Readonly<Record<string, string>>;

/** SQLSTATE → what is in the way, where the constraint itself has no sentence. */
const CONFLICTS: Sentences = {
  23503: 'something else refers to it',
  23505: 'it exists already',
  '23P01': 'it overlaps with another',
  40001: 'it was changed at the same moment: try again',
  '40P01': 'it was changed at the same moment: try again',
};

/** What no work can throw. */
const NOTHING = Symbol('nothing');

/** What no unit can be called. */
export const ALL_UNITS = '*';

/** As row security reads it; no unit at all is an empty text, which is also what is there when nobody said anything. */
function unitsSetting(units: Units): string {
  return units === null ? ALL_UNITS : units.join(',');
}

export function roleOf(module: string): string {
  return `kisum_${module}`;
}

/** @param sentences constraint of the module's own → what the client reads when it refuses */
export function createStore(db: Knex, module: string, sentences: Sentences = {}): Store {
  const bounds = `select set_config('role', ?, true), set_config('search_path', ?, true),
    set_config('kisum.company', ?, true), set_config('kisum.units', ?, true)`;
  return {
    async transaction({ company, units }, work) {
      // What a query of this transaction ended with; anything else that its work throws is the module's own.
      const said = new Set<unknown>();
      let ours: unknown = NOTHING;
      try {
        return await db.transaction(async (tx) => {
          tx.on('query-error', (error: unknown) => said.add(error));
          await tx.raw(bounds, [roleOf(module), module, company, unitsSetting(units)]);
          try {
            return await work(tx);
          } catch (error) {
            if (!said.has(error)) ours = error;
            throw error;
          }
        });
      } catch (error) {
        throw error === ours ? error : fromDatabase(error, sentences);
      }
    },
  };
}

/** What the database refuses is the client's to mend; that it cannot be asked is a 503; a wrong statement is a bug. */
function fromDatabase(error: unknown, sentences: Sentences): unknown {
  if (isBug(error)) return error;
  const code = sqlState(error);
  const sentence = own(sentences, (error as { constraint?: string }).constraint);
  const obstacle = own(CONFLICTS, code);
  if (obstacle) return conflict(sentence ?? obstacle);
  if (code.startsWith('22') || code === '23514') return invalid(sentence ?? 'a value cannot be stored');
  return unavailable('the database does not answer', error);
}

function isBug(error: unknown): boolean {
  const code = sqlState(error);
  // 23502: a column that must have a value got none, which no client can give.
  return (
    error instanceof TypeError || error instanceof RangeError || code.startsWith('42') || code === '23502'
  );
}

function own(sentences: Sentences, name = ''): string | undefined {
  return Object.hasOwn(sentences, name) ? sentences[name] : undefined;
}

function sqlState(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}
