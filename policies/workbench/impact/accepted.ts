import { changeKey, type AcceptedChange, type AcceptedDiff } from '../../accepted.ts';
import { WorkbenchError } from '../run.ts';
import type { RouteChange } from './changes.ts';
import type { Impact } from './impact.ts';

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
    const key = changeKey({ route, from: was, to: is });
    const known = counts.get(key);
    if (known) known.count += count;
    else counts.set(key, { route, from: was, to: is, count });
  }
  const sorted = [...counts.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, change]) => change);
  return { from, to, changes: sorted, acceptedBy, acceptedAt: acceptedAt.toISOString() };
}
