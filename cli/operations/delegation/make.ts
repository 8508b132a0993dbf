import type { Knex } from 'knex';
import { readAccess } from '../../../platform/auth/access.ts';
import { ChangeRefused, judgeChange, type Attempt } from '../../../platform/auth/delegation.ts';
import { keepRefusal } from '../../../platform/auth/refusals.ts';
import { write } from '../../../platform/database/write.ts';
import { issueMinVersion } from '../../../platform/min-version.ts';
import type { Platform } from '../platform.ts';
import { makerOf, type Noted } from './maker.ts';
import { policyOfChanges } from './policy.ts';
import { refusal } from './refusal.ts';

/** What somebody changes in a company. */
export interface Making extends Omit<Attempt, 'makerId'> {
  /** As `--as` gave it. */
  actor: string;
  /** Whose next request is to see the change. Default: whom it is made to, or the user who makes it. */
  readerId?: string | undefined;
}

/** What a change returns beside its own result. */
export interface Made extends Noted {
  /** For `x-kisum-min-version`; absent where there is no key to sign it with, or nobody to read by it. */
  minVersion?: string;
}

/**
 * One transaction that makes a change, judged first when it is made as a user. What policy refuses is kept, and changes
 * nothing. Throws CliError 6 with the reasons.
 * @param work makes it, in the name it is given
 */
export async function make<Result extends object>(
  platform: Platform,
  { actor: given, readerId, ...change }: Making,
  work: (trx: Knex.Transaction, actor: string) => Promise<Result>,
): Promise<Result & Made> {
  const { db } = platform;
  const { user, actor, ...notes } = await makerOf(db, given);
  const policyOf = user && (await policyOfChanges());
  try {
    return await write(db, actor, async (trx) => {
      if (user && policyOf) await judgeChange(trx, { ...change, makerId: user.id }, policyOf);
      const result = await work(trx, actor);
      const reader = readerId ?? change.targetId ?? user?.id;
      const minVersion = reader && (await versionAfter(platform, trx, reader, change.companyId));
      return { ...result, ...(minVersion && { minVersion }), ...notes };
    });
  } catch (error) {
    if (!(error instanceof ChangeRefused)) throw error;
    await keepRefusal(db, error);
    platform.onRefusal?.(error);
    throw await refusal(db, error);
  }
}

/** In the transaction of the write, so that it names exactly what the write made true. */
async function versionAfter(
  { versionSecret }: Platform,
  trx: Knex.Transaction,
  userId: string,
  companyId: string,
): Promise<string | undefined> {
  if (!versionSecret) return undefined;
  const { facts, versions } = await readAccess(trx, userId, companyId);
  const { token, access, entitlement } = versions;
  if (token === null || facts.membership === null) return undefined;
  return issueMinVersion(versionSecret, { userId, companyId, versions: { token, access, entitlement } });
}
