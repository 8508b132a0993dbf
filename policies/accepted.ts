/** A change of policy that somebody looked at and accepted: written by the workbench, carried by the bundle, read by the shadow. */
import type { Decision, Reason } from './contract.ts';

/** How a decision ends: allowed, or its reason. */
export type Ending = 'allow' | Reason;

export interface AcceptedChange {
  route: string;
  from: Ending;
  to: Ending;
  /** Members it concerned when it was accepted; 0: only whoever is a member of nothing, or a calling module. */
  count: number;
}

/** What a shadow is held against. */
export interface AcceptedChanges {
  /** Revisions. */
  from: string;
  to: string;
  /** Sorted by route, from, to. */
  changes: AcceptedChange[];
}

/** As it stands in `policies/accepted.json` and in a bundle's `metadata.kisum.accepted`. */
export interface AcceptedDiff extends AcceptedChanges {
  acceptedBy: string;
  /** ISO moment. */
  acceptedAt: string;
}

export const endingOf = ({ allow, reason }: Decision): Ending =>
  allow || reason === null ? 'allow' : reason;

export const changeKey = ({ route, from, to }: Omit<AcceptedChange, 'count'>) => `${route} ${from} ${to}`;

/** The accepted diff in a bundle's metadata; `undefined` when there is none, or it is not one. */
export function acceptedIn(metadata: { accepted?: unknown }): AcceptedChanges | undefined {
  const { from, to, changes } = (metadata.accepted ?? {}) as Partial<AcceptedChanges>;
  if (typeof from !== 'string' || typeof to !== 'string' || !Array.isArray(changes)) return undefined;
  return changes.every(isChange) ? { from, to, changes } : undefined;
}

function isChange(value: unknown): value is AcceptedChange {
  const { route, from, to } = (value ?? {}) as Partial<AcceptedChange>;
  return [route, from, to].every((it) => typeof it === 'string');
}
