/** One mutant before the invariants. */
import type { CatalogData } from '../../contract.ts';
import type { RunnablePolicy } from '../../engine/bundle.ts';
import { PolicyFailure } from '../../engine/failure.ts';
import { createInstance } from '../../engine/instance.ts';
import { encodeQuestion } from '../../engine/question.ts';
import type { Counterexample } from '../proof/court.ts';
import type { Invariants } from '../proof/judge.ts';
import { prove } from '../proof/prove.ts';
import type { Size } from '../proof/dimensions.ts';
import type { Mutant } from './mutant.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

/**
 * What became of it. `engine`: it refuses to start on it, or got no well-formed answer from it; that is no merit of the
 * invariants. `same`: it compiles to the very same steps. `broken`: it does not compile.
 */
export type Fate =
  | { kind: 'broken' | 'same' | 'survived' }
  | { kind: 'engine'; why: string }
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
  const sizes: Size[] = bench.equivalent.includes(id) ? ['quick'] : ['quick', 'all'];
  if ('catalog' in change) return tried(workshop.original, change.catalog, bench, sizes);
  const policy = await workshop.compiled(change.file, change.text);
  if (policy === null) return { kind: 'broken' };
  if (policy.revision === workshop.original.revision) return { kind: 'same' };
  const fate = await tried(policy, bench.declared, bench, sizes);
  if (fate.kind !== 'survived') return fate;
  return (await workshop.isSame(change.file, change.text)) ? { kind: 'same' } : fate;
}

/** The quick proof first: most faults show there. */
async function tried(
  policy: RunnablePolicy,
  served: CatalogData,
  { declared, invariants }: Bench,
  sizes: Size[],
): Promise<Fate> {
  const refusal = await refusalOf(policy, served);
  if (refusal !== null) return { kind: 'engine', why: refusal };
  for (const size of sizes) {
    const catalogs = [{ name: 'the small catalog', declared, served }];
    const { violations } = await prove(policy, { catalogs, size, invariants, workers: 0, stopAtFirst: true });
    const [first] = violations;
    const counterexample = violations.find(isWhole);
    if (counterexample) return { kind: 'killed', law: counterexample.law, size, counterexample };
    if (first) return { kind: 'engine', why: `no well-formed answer to ${first.entrypoint}` };
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
