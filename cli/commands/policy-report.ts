import type { PolicyFinding } from '../../policies/workbench/finding.ts';
import { report, type FormatName, type NotExamined } from '../conformance/report.ts';
import type { Rule } from '../conformance/rule.ts';
import type { Outcome } from '../outcome.ts';

interface PolicyReport {
  /** The command behind `kisum-cli policy`. */
  command: string;
  findings: PolicyFinding[];
  /** Packages looked at, with or without findings. */
  packages?: string[];
  /** What was applied, by the words their findings begin with: `opa/test`, `regal`. */
  applied: (keyof typeof APPLIED)[];
  examined: Record<string, number>;
  notExamined?: NotExamined[];
}

/** The end of a command on policies, as `check` and `audit` end theirs: a package stands where a module stands there. */
export function policyReport(format: FormatName, given: PolicyReport): Outcome {
  const { command, findings, packages = [], applied, ...rest } = given;
  return report(format, {
    title: `kisum-cli policy ${command}`,
    findings: findings.map(({ package: module, ...finding }) => ({ module, ...finding })),
    modules: packages,
    rules: [...applied.map((id) => asRule(id, APPLIED[id])), ...regalRules(findings)],
    ...rest,
  });
}

/** Title and why. */
const APPLIED = {
  'opa/check': [
    'The rules compile',
    'A rule that does not compile, or reads what no schema knows, decides nothing.',
  ],
  'opa/fmt': ['The rules are written in one way', 'A change of layout hides a change of meaning.'],
  'opa/test': ['The tests of the rules pass', 'What a rule means is what its tests say.'],
  'opa/coverage': ['The tests reach the rules', 'A line that no test reaches can be changed without notice.'],
  regal: [
    "The rules keep to the linter's",
    'Each rule of the linter names a way in which policies went wrong before.',
  ],
} as const;

function asRule(id: string, [title, why]: readonly [string, string]): Rule {
  return { id, kind: 'static', severity: 'error', title, why, fix: 'each finding says it' };
}

/** Regal does not list what it applied; what was broken is told apart. */
function regalRules(findings: PolicyFinding[]): Rule[] {
  const broken = findings.filter(({ rule }) => rule.startsWith('regal/'));
  const byRule = new Map(broken.map((it) => [it.rule, it]));
  return [...byRule].map(([id, { message, severity, fix }]) => ({
    ...asRule(id, [message, fix]),
    severity,
    fix,
  }));
}
