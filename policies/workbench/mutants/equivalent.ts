/** Mutants that change nothing anybody could see, each with the reason why. Kept short by failing when it is wrong. */
import { readFile } from 'node:fs/promises';
import { projectFile } from '../../root.ts';
import { WorkbenchError } from '../run.ts';
import type { Mutant } from './mutant.ts';

export const EQUIVALENT_FILE = projectFile('policies', 'proof', 'equivalent.json');

export interface Equivalent {
  id: string;
  /** The changed lines as the run shows them: another mutant under the same id is not this one. */
  after: string;
  /** One sentence. */
  why: string;
}

/** Throws `WorkbenchError` at an entry that does not say why. */
export async function readEquivalents(file: string = EQUIVALENT_FILE): Promise<Equivalent[]> {
  const { equivalent } = JSON.parse(await readFile(file, 'utf8')) as { equivalent?: Partial<Equivalent>[] };
  const isWhole = ({ id, after, why }: Partial<Equivalent>): boolean =>
    typeof id === 'string' && typeof after === 'string' && typeof why === 'string' && why.trim() !== '';
  if (!Array.isArray(equivalent) || !equivalent.every(isWhole)) {
    throw new WorkbenchError(`${file}: every entry needs an id, the lines after the change, and why`);
  }
  return equivalent as Equivalent[];
}

/**
 * What is wrong with the list, one line each: only a survivor that is still there may be in it.
 * @param noticed ids of mutants that were tried and did not survive
 */
export function rotOf(
  listed: readonly Equivalent[],
  mutants: readonly Mutant[],
  noticed: ReadonlySet<string>,
): string[] {
  const byId = new Map(mutants.map((mutant) => [mutant.id, mutant]));
  return listed.flatMap(({ id, after }, at) => {
    const mutant = byId.get(id);
    if (listed.findIndex((other) => other.id === id) < at) return [`${id} is listed twice`];
    if (mutant === undefined) return [`${id} is no mutant any more`];
    if (mutant.after !== after) return [`${id} is another mutant now: ${mutant.after}`];
    return noticed.has(id) ? [`${id} is not equivalent: it was noticed`] : [];
  });
}
