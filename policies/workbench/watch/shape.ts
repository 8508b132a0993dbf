/** What a look at a change consists of. */
import type { PolicyFinding } from '../finding.ts';
import type { RouteChange } from '../impact/changes.ts';
import type { Impact } from '../impact/impact.ts';
import type { AccessSnapshot } from '../impact/snapshot.ts';
import type { Place } from '../place.ts';
import type { Prover, QuickProof } from './prover.ts';
import type { Touched } from './touched.ts';

/** In the order in which they are shown; `deeper` begins once the others have ended. */
export const STEPS = [
  'types',
  'tests',
  'coverage',
  'format',
  'lint',
  'build',
  'prove',
  'diff',
  'deeper',
] as const;

export type StepName = (typeof STEPS)[number];

export interface Step {
  state: 'waiting' | 'running' | 'holds' | 'fails' | 'skipped';
  /** What came out, or why it was skipped. */
  told: string;
  findings: PolicyFinding[];
  ms: number;
}

export interface Review {
  touched: Touched | null;
  steps: Record<StepName, Step>;
  /** What was proved at once, and deeper. */
  proof: QuickProof | null;
  deeper: QuickProof | null;
  /** Whom it concerns, and what of it. */
  impact: Impact | null;
  changes: RouteChange[];
  /** Until everything but `deeper` was known; 0 before. */
  ms: number;
}

/** What a change is looked at with. */
export interface Desk {
  place: Place & { regal: string };
  prover: Prover;
  /** Whom it concerns, or why that cannot be said. */
  people: () => Promise<AccessSnapshot | string>;
}

export function emptyReview(): Review {
  const waiting = (): Step => ({ state: 'waiting', told: '', findings: [], ms: 0 });
  const steps = Object.fromEntries(STEPS.map((name) => [name, waiting()])) as Record<StepName, Step>;
  return { touched: null, steps, proof: null, deeper: null, impact: null, changes: [], ms: 0 };
}

/** Whether nothing of it fails. */
export function holds({ steps }: Review): boolean {
  return Object.values(steps).every(({ state }) => state !== 'fails');
}
