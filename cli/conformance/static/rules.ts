import type { Rule } from '../rule.ts';

/** What is found by reading a module's files. */
export const STATIC_RULES: Rule[] = [];
