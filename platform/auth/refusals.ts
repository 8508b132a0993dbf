import type { Knex } from 'knex';
import type { Change, ChangeReason } from '../../policies/contract.ts';
import type { ChangeRefused } from './delegation.ts';

/** A change somebody tried and policy refused. */
export interface RefusedChange {
  at: Date;
  /** `user:<id>`. */
  actor: string;
  /** Names, as they are called now; null: gone, or of nobody. */
  actorName: string | null;
  company: string | null;
  user: string | null;
  change: Change;
  reasons: ChangeReason[];
}

/** Keeps a refusal, after the transaction that was refused. */
export async function keepRefusal(db: Knex, { attempt, change, reasons }: ChangeRefused): Promise<void> {
  await db('auth.refused_changes').insert({
    actor: `user:${attempt.makerId}`,
    company_id: attempt.companyId,
    user_id: attempt.targetId,
    change: JSON.stringify(change),
    reasons: JSON.stringify(reasons),
  });
}

/** A company's, a user's (who tried it, or to whom it was to be done), or all; newest first. */
export async function readRefusals(
  db: Knex,
  { companyId, userId, limit }: { companyId?: string; userId?: string; limit: number },
): Promise<RefusedChange[]> {
  const refusals = db('auth.refused_changes as r')
    .leftJoin('core.companies as c', 'c.id', 'r.company_id')
    .leftJoin('auth.users as u', 'u.id', 'r.user_id')
    .leftJoin('auth.users as a', (on) => on.on(db.raw(`'user:' || a.id = r.actor`)))
    .orderBy('r.id', 'desc')
    .limit(limit);
  if (companyId !== undefined) void refusals.where('r.company_id', companyId);
  if (userId !== undefined)
    void refusals.where((its) => void its.where('r.user_id', userId).orWhere('r.actor', `user:${userId}`));
  return refusals.select<RefusedChange[]>(
    'r.at',
    'r.actor',
    'a.name as actorName',
    'c.name as company',
    'u.name as user',
    'r.change',
    'r.reasons',
  );
}
