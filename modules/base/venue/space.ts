import type { Knex } from 'knex';
import { collection, type Row } from '../../kit/index.ts';
import { manifest } from './manifest.ts';

export const spaces = collection(manifest, 'space');

/** Of the rows asked for, those in the space and the time of `row`. Take the space first. */
export async function during(rows: Knex.QueryBuilder<Row, Row[]>, row: Row): Promise<Row[]> {
  const { space_id, starts_at, ends_at } = row as Record<string, string>;
  return rows
    .where({ space_id })
    .whereRaw('tstzrange(starts_at, ends_at) && tstzrange(?, ?)', [starts_at!, ends_at!]);
}
