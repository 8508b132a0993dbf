import { readRefusals, type RefusedChange } from '../../platform/auth/refusals.ts';
import { readHistory, type HistoryEntry } from '../../platform/history.ts';
import { oneCompany, oneUser } from './names.ts';
import { plain, type Plain } from './plain.ts';
import type { Operation, Platform } from './platform.ts';

export interface HistoryArgs {
  /** Null: all. */
  company: string | null;
  user: string | null;
  limit: number;
}

export const history: Operation<HistoryArgs, Plain<HistoryEntry>[]> = async ({ db }, args) =>
  plain(await readHistory(db, await selected(db, args)));

/** What was tried and refused. */
export const refusals: Operation<HistoryArgs, Plain<RefusedChange>[]> = async ({ db }, args) =>
  plain(await readRefusals(db, await selected(db, args)));

async function selected(db: Platform['db'], { company, user, limit }: HistoryArgs) {
  return {
    ...(company !== null && { companyId: (await oneCompany(db, company)).id }),
    ...(user !== null && { userId: (await oneUser(db, user)).id }),
    limit,
  };
}
