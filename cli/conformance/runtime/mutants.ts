import { ACCESS } from './mutants/access.ts';
import { ANSWERS } from './mutants/answers.ts';
import { mutant, type Mutant } from './mutants/mutant.ts';
import { ON_SERVER, PROCESS } from './mutants/process.ts';
import { PROOF } from './mutants/proof.ts';
import { UNITS } from './mutants/units.ts';

export type { Mutant } from './mutants/mutant.ts';
export { ON_SERVER } from './mutants/process.ts';

/** By the rule that must find each. */
export const MUTANTS: Mutant[] = [...PROOF, ...ACCESS, ...ANSWERS, ...PROCESS, ...UNITS].toSorted((a, b) =>
  a.rule < b.rule ? -1 : Number(a.rule > b.rule),
);

/** The module nothing is wrong with. */
export const CLEAN: Mutant = mutant('', 'is right', {});

export function mutantNamed(name: string): Mutant {
  const found = [CLEAN, ...MUTANTS, ...ON_SERVER].find((it) => it.name === name);
  if (!found) throw new Error(`there is no mutant that ${name}`);
  return found;
}
