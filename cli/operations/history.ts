import { readHistory, type HistoryEntry } from '../../platform/history.ts';
import { oneCompany, oneUser } from './names.ts';
import { plain, type Plain } from './plain.ts';
import type { Operation } from './platform.ts';

export interface HistoryArgs {
  /** Null: all. */
  company: string | null;
  user: string | null;
  limit: number;
}

export const history: Operation<HistoryArgs, Plain<HistoryEntry>[]> = async ({ db }, args) => {
  const company = args.company === null ? {} : { companyId: (await oneCompany(db, args.company)).id };
  const user = args.user === null ? {} : { userId: (await oneUser(db, args.user)).id };
  return plain(await readHistory(db, { ...company, ...user, limit: args.limit }));
};
