/** Evaluates the compiled policy over its whole domain and holds every answer against the invariants. */
import { availableParallelism } from 'node:os';
import type { CatalogData } from '../../contract.ts';
import { startThread } from '../thread.ts';
import { cellsIn } from './block.ts';
import type { Size } from './dimensions.ts';
import type { Counterexample, Examined } from './court.ts';
import { compileInvariants, type Invariants } from './judge.ts';
import { examineShare, merge, type Share } from './share.ts';
import { blocksOf } from './sweeps.ts';

export type { Counterexample, Size };

export interface ProvenCatalog {
  /** For people: `the module manifests`. */
  name: string;
  /** What the invariants take for true. */
  declared: CatalogData;
  /** What the policy is given; the declared one where absent. */
  served?: CatalogData;
}

export interface ProofOptions {
  catalogs: ProvenCatalog[];
  /** `quick`: representatives in which most faults show; `all`: everything the dependency argument needs. */
  size?: Size;
  /** Threads; 0: none beside this one. By default one for each core, and none for a quick proof. */
  workers?: number;
  /** Compiled once, where many policies are proved. */
  invariants?: Invariants;
  /** Ends at the first block with a counterexample. */
  stopAtFirst?: boolean;
  /** Names of sweeps, and `specials`, where not everything is to be looked at. */
  only?: readonly string[] | undefined;
  onProgress?: (cells: number, of: number) => void;
}

export interface Proof {
  /** Questions × members × companies that were asked. */
  evaluated: number;
  /** Answers the policy gave; a cell may need several. */
  questions: number;
  /** Cells the invariants could tell apart. */
  distinct: number;
  byInvariant: Record<string, { applied: number; broken: number }>;
  /** The first cell for each broken invariant. Empty: everything holds where it was looked at. */
  violations: Counterexample[];
  /** Invariants that applied nowhere: what never applied is not proved. */
  vacuous: string[];
}

/** @param policy any compiled policy, for example of `loadBundle()`. Throws `WorkbenchError` without a compiler. */
export async function prove(policy: { module: WebAssembly.Module }, options: ProofOptions): Promise<Proof> {
  const { catalogs, only, size = 'all', stopAtFirst = false, onProgress = () => {} } = options;
  const workers = options.workers ?? (size === 'quick' ? 0 : availableParallelism());
  const invariants = options.invariants ?? (await compileInvariants());
  const subjects = catalogs.map(({ name, declared, served = declared }) => ({
    name,
    policy: policy.module,
    invariants: invariants.module,
    declared,
    served,
  }));
  const total = options.onProgress ? cellsOf(catalogs, size, only) : 0;
  let done = 0;
  const progress = (cells: number): void => onProgress((done += cells), total);
  const share = (turn: number, of: number): Share => ({ subjects, size, stopAtFirst, only, turn, of });
  const examined =
    workers === 0
      ? examineShare(share(0, 1), progress)
      : merge(
          await Promise.all(
            Array.from({ length: workers }, (_, turn) => inThread(share(turn, workers), progress)),
          ),
        );
  return proofOf(examined, invariants.laws);
}

function proofOf(
  { cells, questions, distinct, applied, broken, counterexamples }: Examined,
  laws: string[],
): Proof {
  const byInvariant = Object.fromEntries(
    laws.map((law) => [law, { applied: applied[law] ?? 0, broken: broken[law] ?? 0 }]),
  );
  return {
    evaluated: cells,
    questions,
    distinct,
    byInvariant,
    violations: counterexamples,
    vacuous: laws.filter((law) => applied[law] === undefined),
  };
}

function cellsOf(catalogs: ProvenCatalog[], size: Size, only?: readonly string[]): number {
  let cells = 0;
  for (const { declared } of catalogs) {
    for (const block of blocksOf(declared, size, only)) cells += cellsIn(block);
  }
  return cells;
}

type Told = { cells: number } | { examined: Examined };

async function inThread(share: Share, progress: (cells: number) => void): Promise<Examined> {
  const worker = startThread(import.meta.resolve('./worker.ts'), share);
  return new Promise((resolve, reject) => {
    let examined: Examined | null = null;
    worker.on('message', (told: Told) => {
      if ('cells' in told) progress(told.cells);
      else examined = told.examined;
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      if (examined) resolve(examined);
      else reject(new Error(`a thread of the proof ended with ${code} and without a result`));
    });
  });
}
