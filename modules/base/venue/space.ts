import type { Knex } from 'knex';
import { collection, type Row } from '../../kit/index.ts';
import { manifest } from './manifest.ts';

export const spaces = collection(manifest, 'space');

/** What else of one kind is in the space in the time of `row`. Take the space first. */
export async function during(tx: Knex.Transaction, entity: string, row: Row): Promise<Row[]> {
  const { space_id, starts_at, ends_at } = row as Record<string, string>;
  return tx<Row>(entity)
    .where({ space_id })
    .whereRaw('tstzrange(starts_at, ends_at) && tstzrange(?, ?)', [starts_at!, ends_at!]);
}
