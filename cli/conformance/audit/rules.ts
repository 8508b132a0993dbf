import type { Rule } from '../rule.ts';
import type { AuditRule } from './rule.ts';
import { dataRules } from './rules/data.ts';
import { loggingRules } from './rules/logging.ts';
import { permissionRules } from './rules/permissions.ts';
import { platformRules } from './rules/platform.ts';
import { requestRules } from './rules/request.ts';
import { tokenRules } from './rules/tokens.ts';
import { userRules } from './rules/users.ts';

/** What a legacy module still does itself, told from its sources. */
export const SOURCE_RULES: AuditRule[] = [
  ...tokenRules,
  ...permissionRules,
  ...userRules,
  ...requestRules,
  ...platformRules,
  ...dataRules,
  ...loggingRules,
];

export const BASELINE_RULE: Rule = {
  id: 'KSM-V15',
  kind: 'audit',
  severity: 'error',
  title: 'The baseline names only what is still there',
  why: 'An entry that outlives its fault would excuse the next one like it.',
  fix: 'the baseline may only shrink: run kisum-cli audit again with --update-baseline',
};

export const AUDIT_RULES: Rule[] = [...SOURCE_RULES, BASELINE_RULE];
