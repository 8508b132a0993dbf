import type { Rule } from '../rule.ts';

/** What is found by speaking to a running module. */
export const RUNTIME_RULES: Rule[] = [];
