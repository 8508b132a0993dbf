import type { Mutant } from './mutant.ts';
import { CODE } from './mutants/code.ts';
import { DATA } from './mutants/data.ts';
import { STRUCTURE } from './mutants/structure.ts';

/** Every way to break a rule that reading alone must find. */
export const STATIC_MUTANTS: Mutant[] = [...STRUCTURE, ...CODE, ...DATA];
