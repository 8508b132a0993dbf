/** Every mutant, or some of them, in threads. */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { CatalogData } from '../../contract.ts';
import { ruleFiles } from '../../engine/lock.ts';
import { projectFile } from '../../root.ts';
import { findOpa, type Log } from '../opa.ts';
import { compileInvariants } from '../proof/judge.ts';
import { WorkbenchError } from '../run.ts';
import { startThread } from '../thread.ts';
import { mutantsOfCatalog } from './data.ts';
import { mutantsOf } from './generate.ts';
import type { Mutant } from './mutant.ts';
import type { Judged } from './score.ts';
import type { Bench } from './trial.ts';
import type { Told } from './worker.ts';

const CATALOG = projectFile('policies', 'proof', 'small-catalog.json');

/** The catalog the mutants are tried on: small, and everything a catalog can hold occurs in it. */
export async function smallCatalog(): Promise<CatalogData> {
  return JSON.parse(await readFile(CATALOG, 'utf8')) as CatalogData;
}

/** Of the rules as they lie in the checkout, then of the catalog. */
export async function allMutants(): Promise<Mutant[]> {
  const policies = projectFile('policies');
  const files = (await ruleFiles(policies)).map(async (file) =>
    mutantsOf(file, await readFile(join(policies, file), 'utf8')),
  );
  return [...(await Promise.all(files)).flat(), ...mutantsOfCatalog(await smallCatalog())];
}

/** Always the same ones, from everywhere: every n-th. */
export function sampleOf(mutants: readonly Mutant[], size: number): Mutant[] {
  const step = Math.max(1, mutants.length / size);
  return mutants.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step)).slice(0, size);
}

export interface RunOptions {
  log?: Log;
  workers?: number;
  /** Ids for which the quick proof is enough. */
  equivalent?: string[];
  onProgress?: (done: number, of: number) => void;
}

/** In the order of the mutants. Throws `WorkbenchError` without a compiler. */
export async function judgeMutants(mutants: readonly Mutant[], options: RunOptions = {}): Promise<Judged[]> {
  const { workers = availableParallelism(), equivalent = [], onProgress = () => {} } = options;
  if (mutants.length === 0) throw new WorkbenchError('no mutant to try');
  const opa = await findOpa(options.log);
  const invariants = await compileInvariants();
  const bench: Bench = { opa, declared: await smallCatalog(), invariants, equivalent };
  const judged: Judged[] = [];
  let next = 0;
  const take = (): number | null => (next < mutants.length ? next++ : null);
  const keep = (at: number, { fate, milliseconds }: Extract<Told, { fate: unknown }>): void => {
    judged[at] = { ...mutants[at]!, fate, milliseconds };
    onProgress(Object.keys(judged).length, mutants.length);
  };
  const count = Math.min(workers, mutants.length);
  await Promise.all(Array.from({ length: count }, () => inThread(bench, mutants, take, keep)));
  return judged;
}

async function inThread(
  workerData: Bench,
  mutants: readonly Mutant[],
  take: () => number | null,
  keep: (at: number, told: Extract<Told, { fate: unknown }>) => void,
): Promise<void> {
  const worker = startThread(import.meta.resolve('./worker.ts'), workerData);
  return new Promise((resolve, reject) => {
    let current: number | null = null;
    worker.on('message', (told: Told) => {
      if ('fate' in told && current !== null) keep(current, told);
      current = take();
      worker.postMessage(current === null ? null : mutants[current]);
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      if (current === null) resolve();
      else reject(new Error(`a thread ended with ${code} at the mutant ${mutants[current]!.id}`));
    });
  });
}
