import type { Knex } from 'knex';
import { isReadAsText, type EntityField } from '../manifest/fields.ts';
import type { Manifest, OwnedEntity } from '../manifest/manifest.ts';
import type { Row } from './change.ts';
import { notFound } from './errors.ts';

export function entityOf({ key, owns }: Manifest, name: string): OwnedEntity {
  const entity = owns.find((owned) => owned.entity === name);
  if (!entity) throw new Error(`${name} is not among what ${key} owns (spec.data.owns)`);
  return entity;
}

/** All columns of an entity, as they are read: what a number or a Date would not hold exactly is text. */
export function columnsOf({ fields, companies }: OwnedEntity): (tx: Knex.Transaction) => string[] {
  const names = (wanted: (field: EntityField) => boolean) => fields.filter(wanted).map(({ name }) => name);
  const plain = names((field) => !isReadAsText(field));
  const exact = names(isReadAsText);
  return (tx) => [
    'id',
    ...companies,
    ...plain,
    // Knex takes a Raw wherever its types speak of a column's name.
    ...exact.map((name) => tx.raw('??::text as ??', [name, name]) as unknown as string),
    'created_at',
    'updated_at',
  ];
}

/** A row, kept from changing until the transaction ends. Throws `not_found` for one that only a limit can hide. */
export async function takeRow(tx: Knex.Transaction, entity: OwnedEntity, id: unknown): Promise<Row> {
  const columns = columnsOf(entity)(tx);
  const row = await tx<Row>(entity.entity).where({ id }).forNoKeyUpdate().first(columns);
  if (!row && entity.scope === 'unit') throw notFound();
  if (!row) throw new Error(`no ${entity.entity} ${String(id)} to take`);
  return row;
}
