import type { Knex } from 'knex';
import type { SubscriptionStatus } from '../../policies/contract.ts';
import { write } from '../database/write.ts';

/** `endsAt` null: open. The end is the first moment outside. */
export interface Period {
  status: SubscriptionStatus;
  startsAt: Date;
  endsAt: Date | null;
}

/** Every write names its `actor` and throws `RefusedByDatabase` where the database forbids it. */
export async function createCompany(
  db: Knex,
  company: { id: string; name: string },
  actor: string,
): Promise<void> {
  await write(db, actor, (trx) => trx('core.companies').insert(company));
}

/** Subscribes a company to a package. Returns the subscription's id. */
export async function subscribe(
  db: Knex,
  companyId: string,
  packageKey: string,
  period: Period,
  actor: string,
): Promise<string> {
  return buy(
    db,
    'core.company_subscriptions',
    { company_id: companyId, package_key: packageKey },
    period,
    actor,
  );
}

/** Gives a company an add-on. Returns the id of the row. */
export async function addAddon(
  db: Knex,
  companyId: string,
  addonKey: string,
  period: Period,
  actor: string,
): Promise<string> {
  return buy(db, 'core.company_addons', { company_id: companyId, addon_key: addonKey }, period, actor);
}

async function buy(
  db: Knex,
  table: string,
  what: Record<string, string>,
  { status, startsAt, endsAt }: Period,
  actor: string,
): Promise<string> {
  const row = { ...what, status, starts_at: startsAt, ends_at: endsAt };
  const [bought] = await write(db, actor, (trx) => trx(table).insert(row).returning<{ id: string }[]>('id'));
  return bought!.id;
}

/** Changes the status or period of a subscription, e.g. to cancel it. */
export async function changeSubscription(db: Knex, id: string, period: Period, actor: string): Promise<void> {
  await change(db, 'core.company_subscriptions', id, period, actor);
}

/** Changes the status or period of a bought add-on. */
export async function changeAddon(db: Knex, id: string, period: Period, actor: string): Promise<void> {
  await change(db, 'core.company_addons', id, period, actor);
}

async function change(db: Knex, table: string, id: string, period: Period, actor: string): Promise<void> {
  const { status, startsAt, endsAt } = period;
  const changed = await write(db, actor, (trx) =>
    trx(table).where({ id }).update({ status, starts_at: startsAt, ends_at: endsAt }),
  );
  if (changed === 0) throw new Error(`There is no ${id} in ${table}: list the company to see its periods.`);
}
