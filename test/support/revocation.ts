import { grantPermission, revokePermission, type Member } from '../../platform/auth/memberships.ts';
import type { Fault, Victims } from './faults.ts';
import { lastAllow, type Stream } from './stream.ts';
import { until } from './until.ts';

const BY = 'test';
const BEN: Member = {
  userId: 'aaaaaaaa-0000-4000-8000-000000000002',
  companyId: '11111111-1111-4111-8111-111111111111',
};
const PERMISSION = 'finance.expense.view';
const PATH = '/api/finance/expenses';

/** What was seen of one revocation. */
export interface Revocation {
  /** By gateway: ms from the acknowledged commit to the last 2xx of a request sent after it. */
  lastAllowMs: number[];
  /** Statuses that were not 2xx, of requests sent after the commit. */
  refusals: number[];
}

/** What a stream asks for: something that the revocation takes away. */
export async function requestOf({
  fleet,
}: Victims): Promise<{ path: string; headers: Record<string, string> }> {
  const authorization = `Bearer ${await fleet.token(BEN.userId)}`;
  return { path: PATH, headers: { authorization, 'x-org': BEN.companyId } };
}

export const grantAgain = ({ fleet }: Victims) => grantPermission(fleet.db, BEN, PERMISSION, BY);
export const revoke = ({ fleet }: Victims) => revokePermission(fleet.db, BEN, PERMISSION, BY);

/** A grant that the standby is not waited for. */
export async function grantHereAlone({ fleet }: Victims): Promise<void> {
  await fleet.db.transaction(async (trx) => {
    await trx.raw('set local synchronous_commit = local');
    await grantPermission(trx, BEN, PERMISSION, BY);
  });
}

/** Every gateway allows what the stream asks for. */
export async function allAllow(stream: Stream): Promise<void> {
  const now = performance.now();
  await until(() => stream.allAnswer(now, 200));
}

/**
 * Revokes a right that is in use at every gateway while something goes wrong; when it went right again, grants it
 * again. Throws when a gateway does not come to a refusal, or not to the grant.
 */
export async function revokeUnder(fault: Fault, victims: Victims, stream: Stream): Promise<Revocation> {
  await allAllow(stream);
  stream.clear();
  await fault.begin?.(victims);
  await revoke(victims);
  const commit = performance.now();
  await fault.strike?.(victims);
  if (!fault.silent) await until(() => stream.allAnswer(commit, 403, 503));
  await fault.end?.(victims);
  const healed = performance.now();
  await until(() => stream.allAnswer(healed, 403));
  const after = stream.asked.flat().filter(({ sent }) => sent > commit);
  const seen: Revocation = {
    lastAllowMs: stream.asked.map((asked) => lastAllow(asked, commit)),
    refusals: [...new Set(after.map(({ status }) => status).filter((it) => it !== 200))].sort(),
  };
  await grantAgain(victims);
  await allAllow(stream);
  return seen;
}
