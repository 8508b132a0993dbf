import type { Rule } from '../rule.ts';

/** What a legacy code base still does itself. */
export const AUDIT_RULES: Rule[] = [];
