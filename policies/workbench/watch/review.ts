/** One look at a change: the tools, the proof and the people, as much as possible at the same time. */
import { join } from 'node:path';
import { openFiles, type RunnablePolicy } from '../../engine/bundle.ts';
import { ENTRYPOINTS } from '../../engine/entrypoints.ts';
import { readPlace } from '../../engine/place.ts';
import { tryPolicies } from '../compile.ts';
import { measureCoverage } from '../coverage.ts';
import type { PolicyFinding } from '../finding.ts';
import { formatPolicies } from '../format.ts';
import { changesIn } from '../impact/changes.ts';
import { diffImpact } from '../impact/diff.ts';
import { lintPolicies } from '../lint.ts';
import { runTests } from '../tests.ts';
import { regoFiles } from '../trees.ts';
import { checkTypes } from '../types.ts';
import { sweepsFor, type QuickProof } from './prover.ts';
import { STEPS, emptyReview, type Desk, type Review, type Step, type StepName } from './shape.ts';
import { touchedSince, type Touched } from './touched.ts';

export interface ReviewOptions {
  /** The laws of the proof were saved: then everything is asked again, whatever else changed. */
  laws: boolean;
  /** Called after each step; the review is the same object, filling up. */
  saw: (review: Review) => void;
  /** Stops it; then it rejects. */
  signal: AbortSignal;
}

/** How a step ended. */
type Ended = { told: string; findings?: PolicyFinding[]; fails?: boolean } | { skipped: string };

type Take = (name: StepName, work: () => Promise<Ended>) => Promise<void>;

export async function reviewChange(desk: Desk, { laws, saw, signal }: ReviewOptions): Promise<Review> {
  const began = performance.now();
  const review = emptyReview();
  const place = { ...desk.place, signal };

  function set(name: StepName, change: Partial<Step>): void {
    signal.throwIfAborted();
    Object.assign(review.steps[name], change);
    saw(review);
  }

  const take: Take = async (name, work) => {
    const from = performance.now();
    set(name, { state: 'running' });
    const ended = await work().catch((error: unknown) => failed(error, signal));
    set(name, { ...stepOf(ended), ms: performance.now() - from });
  };

  await take('types', async () => {
    const touching = touchedSince(place.policies);
    const [findings, files] = await Promise.all([checkTypes(place), regoFiles(place.policies), touching]);
    review.touched = await touching;
    return { told: `${files.length} files`, findings };
  });
  const { touched } = review;
  if (touched === null || review.steps.types.state === 'fails') {
    for (const name of STEPS.slice(1)) set(name, { state: 'skipped', told: 'the rules do not compile' });
    review.ms = performance.now() - began;
    return review;
  }

  const asked = laws ? Object.values(ENTRYPOINTS) : touched.entrypoints;
  const { soon, later } = sweepsFor(asked);
  let policy: RunnablePolicy | null = null;
  const built = async () => {
    await take('build', async () => {
      policy = await tryPolicies(place.policies, place);
      return { told: `revision ${policy.revision}` };
    });
    await take('prove', () => proved(desk, policy, soon, signal, (proof) => (review.proof = proof)));
    await take('diff', () => compared(desk, policy, touched, review));
  };
  await Promise.all([built(), ...withTools(take, place)]);
  const deep = policy !== null && later.length > 0;
  if (!deep) set('deeper', { state: 'skipped', told: 'nothing of it is touched' });
  review.ms = performance.now() - began;
  if (deep)
    await take('deeper', () => proved(desk, policy, later, signal, (proof) => (review.deeper = proof)));
  return review;
}

function withTools(take: Take, place: Desk['place']): Promise<void>[] {
  return [
    take('tests', async () => {
      const { tests, findings } = await runTests(place);
      return { told: `${tests.length} run`, findings };
    }),
    take('coverage', async () => {
      const covered = await measureCoverage(place);
      if (covered === null) return { skipped: 'a test fails' };
      return { told: `${covered.percent.toFixed(1)} % of the rules' lines`, findings: covered.findings };
    }),
    take('format', async () => {
      const { files, findings } = await formatPolicies(place, { write: false });
      return { told: `${files} files`, findings };
    }),
    take('lint', async () => {
      const { files, findings } = await lintPolicies(place);
      return { told: `${files} files`, findings };
    }),
  ];
}

async function proved(
  { prover }: Desk,
  policy: RunnablePolicy | null,
  sweeps: string[],
  signal: AbortSignal,
  keep: (proof: QuickProof) => void,
): Promise<Ended> {
  if (policy === null) return { skipped: 'it does not compile' };
  if (sweeps.length === 0) return { skipped: 'nothing of it is touched' };
  const proof = await prover.prove(policy.module, sweeps, signal);
  keep(proof);
  const { cells, distinct, applied, laws } = proof;
  const walked = sweeps.length === 1 ? sweeps[0] : `${sweeps.length} sweeps`;
  const told = `${cells} cells of ${walked}, ${distinct} told apart by ${applied} of ${laws} laws`;
  return { told, fails: proof.violations.length > 0 };
}

async function compared(
  { place, people }: Desk,
  policy: RunnablePolicy | null,
  { entrypoints }: Touched,
  review: Review,
): Promise<Ended> {
  if (policy === null) return { skipped: 'it does not compile' };
  if (!entrypoints.includes(ENTRYPOINTS.decision)) return { skipped: 'no decision is touched' };
  const snapshot = await people();
  if (typeof snapshot === 'string') return { skipped: snapshot };
  const { files } = await readPlace(join(place.policies, 'bundle'));
  const committed = await openFiles(files, { verifyKeys: null });
  const impact = await diffImpact({ policy: committed, snapshot }, { policy, snapshot });
  review.impact = impact;
  review.changes = changesIn(impact, snapshot.catalog, snapshot.catalog);
  const { members, companies } = impact.examined;
  const changed = new Set(review.changes.map(({ route }) => route)).size;
  return { told: `${members} members of ${companies} companies asked, other answers on ${changed} routes` };
}

/** What cannot be done is told in its step; the others go on. */
function failed(error: unknown, signal: AbortSignal): Ended {
  signal.throwIfAborted();
  return { told: error instanceof Error ? error.message : String(error), fails: true };
}

function stepOf(ended: Ended): Partial<Step> {
  if ('skipped' in ended) return { state: 'skipped', told: ended.skipped };
  const { told, findings = [], fails = findings.length > 0 } = ended;
  return { state: fails ? 'fails' : 'holds', told, findings };
}
