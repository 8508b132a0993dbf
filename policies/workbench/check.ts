/** Everything the compiler can say about the rules: format, types, tests and what the tests reach. */
import { CAPABILITIES_FILE, ruleFiles } from '../engine/lock.ts';
import { projectFile } from '../root.ts';
import { findOpa, type Log } from './opa.ts';
import { WorkbenchError, mustRun, run } from './run.ts';

const POLICIES = projectFile('policies');
const RULES = 'kisum';

/** Percent of the rules' lines, tests themselves not counted. */
const COVERAGE_THRESHOLD = 98;

export interface PolicyCheck {
  tests: number;
  /** Percent of the rules' lines. */
  coverage: number;
}

/** Throws `WorkbenchError` at the first thing that does not hold, also when there is nothing to check. */
export async function checkPolicies(options: { log?: Log } = {}): Promise<PolicyCheck> {
  const { log = () => {} } = options;
  const opa = await findOpa(log);
  log('policies: format');
  await mustRun(
    opa,
    ['fmt', '--list', '--fail', RULES],
    POLICIES,
    'the format (`opa fmt --write policies/kisum`)',
  );
  log('policies: types, against schemas and capabilities');
  await checkTypes(opa);
  log('policies: tests and coverage');
  return { tests: await countTests(opa), coverage: await measureCoverage(opa) };
}

/** Tests may use every builtin of the compiler, rules only what the compiled form has. */
async function checkTypes(opa: string): Promise<void> {
  const strict = ['check', '--strict', '--schema', 'schemas'];
  const rules = await ruleFiles(POLICIES);
  await mustRun(
    opa,
    [...strict, '--capabilities', CAPABILITIES_FILE, ...rules],
    POLICIES,
    'the check of the rules',
  );
  await mustRun(opa, [...strict, RULES], POLICIES, 'the check of the tests');
}

interface TestResult {
  package: string;
  name: string;
  fail?: boolean;
  error?: unknown;
  skip?: boolean;
}

/** `opa test` succeeds when it finds nothing to run: here that is a failure. */
async function countTests(opa: string): Promise<number> {
  const { stdout, stderr } = await run(opa, ['test', '--format', 'json', RULES], { cwd: POLICIES });
  const results = parse<TestResult[] | null>(stdout, stderr) ?? [];
  const failed = results.filter((test) => test.fail || test.error || test.skip);
  if (failed.length > 0) {
    const names = failed.map((test) => `  ${test.package}.${test.name}`).join('\n');
    throw new WorkbenchError(
      `policy tests failed or skipped:\n${names}\nSee \`opa test policies/kisum -v\`.`,
    );
  }
  if (results.length === 0) throw new WorkbenchError('no policy test ran');
  return results.length;
}

interface Coverage {
  files: Record<string, { covered_lines?: number; not_covered_lines?: number }>;
}

async function measureCoverage(opa: string): Promise<number> {
  const { stdout, stderr } = await run(opa, ['test', '--coverage', RULES], { cwd: POLICIES });
  const rules = Object.entries(parse<Coverage>(stdout, stderr).files).filter(
    ([file]) => !file.endsWith('_test.rego'),
  );
  const covered = sum(rules.map(([, file]) => file.covered_lines));
  const missed = sum(rules.map(([, file]) => file.not_covered_lines));
  const coverage = (100 * covered) / (covered + missed);
  if (coverage >= COVERAGE_THRESHOLD) return coverage;
  const open = rules.filter(([, file]) => file.not_covered_lines).map(([file]) => file);
  throw new WorkbenchError(
    `policy tests reach ${coverage.toFixed(1)} % of the rules, ${COVERAGE_THRESHOLD} % are asked for: ${open.join(', ')}`,
  );
}

function parse<T>(stdout: Buffer, stderr: string): T {
  try {
    return JSON.parse(stdout.toString('utf8')) as T;
  } catch (cause) {
    throw new WorkbenchError(`opa test did not run:\n${stderr}${stdout.toString('utf8')}`.trim(), cause);
  }
}

function sum(numbers: (number | undefined)[]): number {
  return numbers.reduce<number>((total, number) => total + (number ?? 0), 0);
}
