import type { Reason } from '../../contract.ts';
import { WorkbenchError } from '../run.ts';
import type { RouteChange } from './changes.ts';
import type { Impact } from './impact.ts';

/** A change that somebody looked at: the bundle of revision `to` carries it, and its shadow is held against it. */
export interface AcceptedDiff {
  /** Revisions. */
  from: string;
  to: string;
  /** Sorted by route, from, to. */
  changes: AcceptedChange[];
  acceptedBy: string;
  /** ISO moment. */
  acceptedAt: string;
}

export interface AcceptedChange {
  route: string;
  from: 'allow' | Reason;
  to: 'allow' | Reason;
  /** Members it concerned when it was accepted; 0: only whoever is a member of nothing, or a calling module. */
  count: number;
}

/** Throws `WorkbenchError` where there is nothing that could be accepted. */
export function acceptedDiff(
  { before, after, calls }: Impact,
  changes: readonly RouteChange[],
  acceptedBy: string,
  acceptedAt: Date,
): AcceptedDiff {
  const [from, to] = [before.revision, after.revision];
  if (from === to)
    throw new WorkbenchError(`both sides are revision ${from}: only a change of policy is accepted`);
  const counts = new Map<string, AcceptedChange>();
  const seen = [
    ...changes.map((change) => ({ ...change, count: change.members.length })),
    ...calls.map((change) => ({ ...change, count: 0 })),
  ];
  for (const { route, from: was, to: is, count } of seen) {
    if (was === 'failure') continue;
    if (is === 'failure')
      throw new WorkbenchError(
        `at ${route} revision ${to} gives no answer, which is a fault of the policy and nothing to accept`,
      );
    const key = `${route} ${was} ${is}`;
    const known = counts.get(key);
    if (known) known.count += count;
    else counts.set(key, { route, from: was, to: is, count });
  }
  const sorted = [...counts.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, change]) => change);
  return { from, to, changes: sorted, acceptedBy, acceptedAt: acceptedAt.toISOString() };
}
