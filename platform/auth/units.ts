import type { Knex } from 'knex';
import { write } from '../database/write.ts';
import type { Member } from './memberships.ts';

/** An assertion names every unit of a limit, and is no longer than a module reads. */
export const MAX_UNITS = 50;

/** The business units of a company, sorted. */
export async function readUnits(db: Knex, companyId: string): Promise<string[]> {
  return db('core.business_units').where({ company_id: companyId }).orderBy('key').pluck<string[]>('key');
}

/** Whether it was not there before. Every write names its `actor` and throws `RefusedByDatabase` where it is forbidden. */
export async function addUnit(db: Knex, companyId: string, key: string, actor: string): Promise<boolean> {
  const added = await write(db, actor, (trx) =>
    trx('core.business_units').insert({ company_id: companyId, key }).onConflict().ignore().returning('key'),
  );
  return added.length > 0;
}

/** Whether it was there. Whoever was limited to it is limited to what is left, be that nothing. */
export async function removeUnit(db: Knex, companyId: string, key: string, actor: string): Promise<boolean> {
  const removed = await write(db, actor, (trx) =>
    trx('core.business_units').where({ company_id: companyId, key }).delete(),
  );
  return removed > 0;
}

/**
 * Limits a membership to these units and no others, or lifts its limit (null). An empty list leaves nothing to see.
 * Throws where there is no such membership, or a unit that the company does not have; then nothing is changed.
 */
export async function limitMembership(
  db: Knex,
  { userId, companyId }: Member,
  units: readonly string[] | null,
  actor: string,
): Promise<void> {
  if (units && units.length > MAX_UNITS)
    throw new Error(
      `A membership is limited to ${MAX_UNITS} business units at most: lift the limit instead.`,
    );
  const member = { user_id: userId, company_id: companyId };
  await write(db, actor, async (trx) => {
    // Locks the membership: of two limits set at once the later is the one that stands, whole.
    const found = await trx('auth.memberships')
      .where(member)
      .update({ limited: units !== null });
    if (found === 0) throw new Error('There is no such membership: add the user to the company first.');
    await trx('auth.membership_units')
      .where(member)
      .whereNotIn('unit_key', [...(units ?? [])])
      .delete();
    const rows = (units ?? []).map((unit_key) => ({ ...member, unit_key }));
    if (rows.length > 0) await trx('auth.membership_units').insert(rows).onConflict().ignore();
  });
}
