/** One mutant before the invariants. */
import type { CatalogData } from '../../contract.ts';
import type { RunnablePolicy } from '../../engine/bundle.ts';
import { PolicyFailure } from '../../engine/failure.ts';
import { createInstance } from '../../engine/instance.ts';
import { encodeQuestion } from '../../engine/question.ts';
import type { Counterexample } from '../proof/court.ts';
import type { Invariants } from '../proof/judge.ts';
import { ODD_CATALOG } from '../proof/odd-catalog.ts';
import { prove } from '../proof/prove.ts';
import type { Size } from '../proof/dimensions.ts';
import type { Mutant } from './mutant.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

/**
 * What became of it. `engine`: the engine would notice by itself, because it refuses to start on it or gets no well-formed
 * answer from it; `law` is the one that is broken all the same. `same`: it compiles to the very same steps. `broken`: it
 * does not compile.
 */
export type Fate =
  | { kind: 'broken' | 'same' | 'survived' }
  | { kind: 'engine'; why: string; law: string | null }
  | { kind: 'killed'; law: string; size: Size; counterexample: Counterexample };

export interface Bench {
  opa: string;
  declared: CatalogData;
  invariants: Invariants;
  /** Ids of mutants that are known to be equivalent: for them the quick proof is enough. */
  equivalent: string[];
}

export interface Trial {
  judge(mutant: Mutant): Promise<Fate>;
  close(): Promise<void>;
}

export async function openTrial(bench: Bench): Promise<Trial> {
  const workshop = await openWorkshop(bench.opa);
  return {
    judge: (mutant) => judged(mutant, bench, workshop),
    close: () => workshop.close(),
  };
}

async function judged({ id, change }: Mutant, bench: Bench, workshop: Workshop): Promise<Fate> {
  const more = bench.equivalent.includes(id) ? [] : MORE;
  if ('catalog' in change) return tried(workshop.original, bench, [...FIRST, ...more], change.catalog);
  const policy = await workshop.compiled(change.file, change.text);
  if (policy === null) return { kind: 'broken' };
  if (policy.revision === workshop.original.revision) return { kind: 'same' };
  const fate = await tried(policy, bench, [...soonest(change.file), ...FIRST]);
  if (fate.kind !== 'survived') return fate;
  if (await workshop.isSame(change.file, change.text)) return { kind: 'same' };
  return tried(policy, bench, more);
}

interface Round {
  size: Size;
  /** Of the proof's own odd catalog; else of the small one. */
  odd: boolean;
  /** Where its fault is likely to show; everywhere where absent. */
  only?: string[] | undefined;
}

/** Packages of which nothing is seen in most of the proof, and where it is seen. */
const SEEN_IN: Record<string, string[]> = {
  'kisum/capabilities/': ['capabilities'],
  'kisum/delegation/': ['changes', 'specials'],
};

function soonest(file: string): Round[] {
  const only = Object.entries(SEEN_IN).find(([folder]) => file.startsWith(folder))?.[1];
  return only ? [{ size: 'quick', odd: false, only }] : [];
}

/** Nearly every fault shows in the first round. */
const FIRST: Round[] = [{ size: 'quick', odd: false }];
const MORE: Round[] = [
  { size: 'quick', odd: true },
  { size: 'all', odd: false },
];

/** @param wrong the catalog it is given in the place of the declared one, which the invariants keep */
async function tried(
  policy: RunnablePolicy,
  { declared, invariants }: Bench,
  rounds: Round[],
  wrong?: CatalogData,
): Promise<Fate> {
  const refusal = await refusalOf(policy, wrong ?? declared);
  for (const { size, odd, only } of rounds) {
    // A wrong row of the small catalog is none of another.
    if (odd && wrong) continue;
    const catalog = odd ? { name: 'odd', declared: ODD_CATALOG } : { name: 'small', declared };
    const catalogs = [wrong ? { ...catalog, served: wrong } : catalog];
    const options = { catalogs, size, only, invariants, workers: 0, stopAtFirst: true };
    const { violations } = await prove(policy, options);
    const [first] = violations;
    const seen = violations.find(isWhole);
    if (refusal === null && seen) return { kind: 'killed', law: seen.law, size, counterexample: seen };
    const law = (seen ?? first)?.law ?? null;
    if (refusal !== null) return { kind: 'engine', why: refusal, law };
    if (first) return { kind: 'engine', why: `no well-formed answer to ${first.entrypoint}`, law };
  }
  return { kind: 'survived' };
}

/** Why the engine would not start on it, null when it would. */
async function refusalOf({ module }: RunnablePolicy, catalog: CatalogData): Promise<string | null> {
  try {
    await createInstance(module, encodeQuestion({ catalog }, Infinity));
    return null;
  } catch (cause) {
    return cause instanceof PolicyFailure ? cause.message : 'the engine does not start on it';
  }
}

/** A law may be broken only because there is no answer at all: that one is the engine's. */
function isWhole({ cell }: Counterexample): boolean {
  return (cell as { answer: { whole: boolean } }).answer.whole;
}
