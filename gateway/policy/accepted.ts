import type { Decision, Reason } from '../../policies/contract.ts';

/** How a decision ends: allowed, or its reason. */
export type Ending = 'allow' | Reason;

/** One change that was looked at and accepted: so many decisions on a route go from one ending to another. */
export interface AcceptedChange {
  route: string;
  from: Ending;
  to: Ending;
  count: number;
}

/** An accepted diff, as it stands in a bundle's `metadata.kisum.accepted`. */
export interface AcceptedDiff {
  /** Revisions. */
  from: string;
  to: string;
  changes: AcceptedChange[];
}

export const endingOf = ({ allow, reason }: Decision): Ending =>
  allow || reason === null ? 'allow' : reason;

export const changeKey = ({ route, from, to }: Omit<AcceptedChange, 'count'>) => `${route} ${from} ${to}`;

/** The accepted diff in a bundle's metadata; `undefined` when there is none, or it is not one. */
export function acceptedIn(metadata: { accepted?: unknown }): AcceptedDiff | undefined {
  const { from, to, changes } = (metadata.accepted ?? {}) as Partial<AcceptedDiff>;
  if (typeof from !== 'string' || typeof to !== 'string' || !Array.isArray(changes)) return undefined;
  return changes.every(isChange) ? { from, to, changes } : undefined;
}

function isChange(value: unknown): value is AcceptedChange {
  const { route, from, to } = (value ?? {}) as Partial<AcceptedChange>;
  return [route, from, to].every((it) => typeof it === 'string');
}
