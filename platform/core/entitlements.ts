import type { Knex } from 'knex';
import { write } from '../database/write.ts';
import type { Period } from './subscriptions.ts';

/** A package or an add-on, for one company. */
export interface Entitlement {
  companyId: string;
  kind: 'package' | 'addon';
  key: string;
}

interface RunningRow {
  id: string;
  status: Period['status'];
  starts_at: Date;
  ends_at: Date | null;
}

/** The period that runs now, by the database's clock: before the change, and after it. */
export interface EntitlementChange {
  changed: boolean;
  before: Period | null;
  after: Period | null;
}

const NOW = 'statement_timestamp()';
const RUNS = `starts_at <= ${NOW} and coalesce(ends_at > ${NOW}, true)`;

/**
 * From now on the company has it as `wanted` says: the running period is changed to that, or one begins.
 * @param wanted told the running period
 * Throws `RefusedByDatabase`, for example for a second base.
 */
export async function entitle(
  db: Knex,
  entitlement: Entitlement,
  wanted: (running: Period | null) => Pick<Period, 'status' | 'endsAt'>,
  actor: string,
): Promise<EntitlementChange> {
  return write(db, actor, async (trx) => {
    const { table, what } = await locked(trx, entitlement);
    const running = await trx(table).where(what).whereRaw(RUNS).first<RunningRow | undefined>();
    const before = running ? periodOf(running) : null;
    const { status, endsAt } = wanted(before);
    if (before?.status === status && before.endsAt?.getTime() === endsAt?.getTime())
      return { changed: false, before, after: before };

    const values = { status, ends_at: endsAt };
    const change = running
      ? trx(table).where({ id: running.id }).update(values)
      : trx(table).insert({ ...what, ...values, starts_at: trx.raw(NOW) });
    const [row] = await change.returning<RunningRow[]>('*');
    return { changed: true, before, after: periodOf(row!) };
  });
}

/** The running period ends now, and what was to begin later never does. The past stays. */
export async function unentitle(
  db: Knex,
  entitlement: Entitlement,
  actor: string,
): Promise<EntitlementChange> {
  return write(db, actor, async (trx) => {
    const { table, what } = await locked(trx, entitlement);
    const running = await trx(table).where(what).whereRaw(RUNS).first<RunningRow | undefined>();
    const never = await trx(table).where(what).whereRaw(`starts_at > ${NOW}`).delete();
    if (!running) return { changed: never > 0, before: null, after: null };

    const end = { status: 'cancelled', ends_at: trx.raw(NOW) };
    await trx(table).where({ id: running.id }).update(end);
    return { changed: true, before: periodOf(running), after: null };
  });
}

/** The company's row is locked, so that what was read is still so when it is changed. */
async function locked(trx: Knex.Transaction, { companyId, kind, key }: Entitlement) {
  await trx('core.companies').where({ id: companyId }).forNoKeyUpdate().first('id');
  return kind === 'package'
    ? { table: 'core.company_subscriptions', what: { company_id: companyId, package_key: key } }
    : { table: 'core.company_addons', what: { company_id: companyId, addon_key: key } };
}

function periodOf({ status, starts_at, ends_at }: RunningRow): Period {
  return { status, startsAt: starts_at, endsAt: ends_at };
}
