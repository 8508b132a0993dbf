/** Everything the tools can say about the rules: format, types, tests, what the tests reach, and lint. */
import { projectFile } from '../root.ts';
import { measureCoverage } from './coverage.ts';
import type { PolicyFinding } from './finding.ts';
import { formatPolicies } from './format.ts';
import { lintPolicies } from './lint.ts';
import { runTests } from './tests.ts';
import { findTool, type Log } from './tool.ts';
import { checkTypes } from './types.ts';

export interface PolicyCheck {
  files: number;
  tests: number;
  /** Percent of the rules' lines; `null` where a test fails. */
  coverage: number | null;
  findings: PolicyFinding[];
  /** Steps that were not taken, because the rules do not compile. */
  skipped: string[];
}

/** Throws `WorkbenchError` when a tool is missing or there is no policy. */
export async function checkPolicies(options: { policies?: string; log?: Log } = {}): Promise<PolicyCheck> {
  const { policies = projectFile('policies'), log = () => {} } = options;
  const place = { policies, opa: await findTool('opa', log), regal: await findTool('regal', log) };
  log('policies: format and types');
  const [format, types] = await Promise.all([formatPolicies(place, { write: false }), checkTypes(place)]);
  const { files } = format;
  if (types.length > 0)
    return {
      files,
      tests: 0,
      coverage: null,
      findings: types,
      skipped: ['format', 'tests', 'coverage', 'lint'],
    };
  log('policies: tests, coverage, lint');
  const [tested, covered, linted] = await Promise.all([
    runTests(place),
    measureCoverage(place),
    lintPolicies(place),
  ]);
  const findings = [format, tested, covered, linted].flatMap((it) => it?.findings ?? []);
  return { files, tests: tested.tests.length, coverage: covered?.percent ?? null, findings, skipped: [] };
}
