import type { Knex } from 'knex';
import { refusal } from './errors.ts';

/**
 * One transaction in the name of `actor`, whom the history keeps.
 * Throws `RefusedByDatabase` where a constraint forbids the change; then nothing of it stays.
 */
export async function write<T>(
  db: Knex,
  actor: string,
  work: (trx: Knex.Transaction) => Promise<T>,
): Promise<T> {
  if (actor.trim() === '') throw new Error('A write names its actor: say who makes this change.');
  try {
    return await db.transaction(async (trx) => {
      await trx.raw(`select set_config('kisum.actor', ?, true)`, [actor]);
      return work(trx);
    });
  } catch (error) {
    throw refusal(error);
  }
}

/** Inserts or updates, touching only rows that differ, so that no version is raised for nothing. */
export async function upsert(
  trx: Knex,
  table: string,
  keys: readonly string[],
  rows: readonly Record<string, unknown>[],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const others = Object.keys(first).filter((column) => !keys.includes(column));
  const insert = trx(table)
    .insert(rows)
    .onConflict([...keys]);
  if (others.length === 0) return void (await insert.ignore());
  const name = table.split('.').at(-1);
  const row = (of: string | undefined): string => `(${others.map((column) => `${of}.${column}`).join(', ')})`;
  await insert.merge(others).whereRaw(`${row(name)} is distinct from ${row('excluded')}`);
}
