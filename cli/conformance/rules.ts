import { AUDIT_RULES } from './audit/rules.ts';
import type { Rule } from './rule.ts';
import { RUNTIME_RULES } from './runtime/rules.ts';
import { STATIC_RULES } from './static/rules.ts';

/** Every rule there is. */
export const RULES: Rule[] = [...STATIC_RULES, ...RUNTIME_RULES, ...AUDIT_RULES];
