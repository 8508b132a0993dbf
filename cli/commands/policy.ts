import { projectFile } from '../../policies/root.ts';
import { buildPolicies } from '../../policies/workbench/build.ts';
import { checkPolicies } from '../../policies/workbench/check.ts';
import { COVERAGE_THRESHOLD, measureCoverage } from '../../policies/workbench/coverage.ts';
import { formatPolicies } from '../../policies/workbench/format.ts';
import { lintPolicies } from '../../policies/workbench/lint.ts';
import type { Place } from '../../policies/workbench/place.ts';
import { runTests } from '../../policies/workbench/tests.ts';
import { findTool } from '../../policies/workbench/tool.ts';
import { packagesOf } from '../../policies/workbench/trees.ts';
import { formatNamed } from '../conformance/report.ts';
import { CliError, EXIT } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import type { Outcome } from '../outcome.ts';
import { coverageText } from './policy-coverage.ts';
import { policyReport } from './policy-report.ts';

const POLICIES = projectFile('policies');

const log = (line: string) => void process.stderr.write(`${line}\n`);

async function place(): Promise<Place> {
  return { policies: POLICIES, opa: await findTool('opa', log) };
}

/** Compiles the policies and writes the bundle with its lock; `check` compares instead and writes nothing. */
export async function build({ check: compare = false }: { check?: boolean }): Promise<Outcome> {
  const { revision } = await buildPolicies({ check: compare, log });
  const done = compare ? 'the bundle is what the sources compile to' : 'built';
  return { text: `${done}: revision ${revision}`, data: { revision } };
}

/** Format, types, tests, coverage and lint of the policies. Exit 1 with findings. */
export async function check(options: { format?: string }): Promise<Outcome> {
  const format = formatNamed(options.format);
  const { files, tests, coverage: percent, findings, skipped } = await checkPolicies({ log });
  const outcome = policyReport(format, {
    command: 'check',
    findings,
    packages: await packagesOf(POLICIES),
    applied: ['opa/check', 'opa/fmt', 'opa/test', 'opa/coverage', 'regal'],
    examined: { files, tests },
    notExamined: skipped.map((what) => ({ what, why: 'the rules do not compile' })),
  });
  const covered = format === 'pretty' && percent !== null ? `\ncoverage ${percent.toFixed(1)} %` : '';
  return {
    ...outcome,
    text: outcome.text + covered,
    data: { ...(outcome.data as object), tests, coverage: percent },
  };
}

/** Runs the tests of the packages named, or all, and counts them. Exit 1 with one that fails, 4 when none ran. */
export async function test(names: string[], options: { run?: string; format?: string }): Promise<Outcome> {
  const format = formatNamed(options.format);
  const { run } = options;
  const packages = await packagesNamed(names);
  if (run !== undefined) assertPattern(run);
  const { tests, findings } = await runTests(await place(), {
    packages,
    ...(run === undefined ? {} : { run }),
  });
  const tested = [...new Set(tests.map((it) => it.package))];
  const outcome = policyReport(format, {
    command: 'test',
    findings,
    packages: tested,
    applied: ['opa/test'],
    examined: { packages: tested.length, tests: tests.length },
  });
  return { ...outcome, data: { ...(outcome.data as object), tests } };
}

/** A package may be named by its path too: `kisum/grant`, `policies/kisum/grant/`. */
async function packagesNamed(names: string[]): Promise<string[]> {
  const known = await packagesOf(POLICIES);
  return names.map((given) => {
    const name = given
      .replace(/^policies\//, '')
      .replace(/\/$/, '')
      .replaceAll('/', '.');
    if (known.some((it) => it === name || it.startsWith(`${name}.`))) return name;
    throw new CliError(EXIT.usage, `there is no package ${given}${didYouMean(name, known)}`);
  });
}

function assertPattern(pattern: string): void {
  try {
    new RegExp(pattern);
  } catch (cause) {
    throw new CliError(EXIT.usage, `--run ${pattern} is not a regular expression`, cause);
  }
}

/** Writes the rules as `opa fmt` does; `check` compares instead, exit 1 with a difference. */
export async function fmt({ check: compare = false }: { check?: boolean }): Promise<Outcome> {
  const { files, changed, findings } = await formatPolicies(await place(), { write: !compare });
  if (compare || findings.length > 0)
    return policyReport('pretty', { command: 'fmt', findings, applied: ['opa/fmt'], examined: { files } });
  const written = changed.map((file) => `policies/${file}`);
  const text = [...written, `${files} files, ${written.length} written`].join('\n');
  return { text, data: { written }, examined: { files } };
}

/** Holds the rules to Regal's. Exit 1 with a finding. */
export async function lint(options: { format?: string }): Promise<Outcome> {
  const format = formatNamed(options.format);
  const tools = { ...(await place()), regal: await findTool('regal', log) };
  const { files, findings } = await lintPolicies(tools);
  const packages = await packagesOf(POLICIES);
  return policyReport(format, {
    command: 'lint',
    findings,
    packages,
    applied: ['regal'],
    examined: { files },
  });
}

/** Lines of the rules that tests reach, file by file. Exit 1 below the threshold, and where a test fails. */
export async function coverage(options: { threshold?: string }): Promise<Outcome> {
  const threshold = percentOf(options.threshold ?? String(COVERAGE_THRESHOLD));
  const at = await place();
  const covered = await measureCoverage(at, threshold);
  const files = covered?.files ?? [];
  const outcome = policyReport('pretty', {
    command: 'coverage',
    findings: (covered ?? (await runTests(at))).findings,
    applied: ['opa/coverage', 'opa/test'],
    examined: { files: files.length, lines: files.reduce((total, { lines }) => total + lines, 0) },
  });
  if (covered === null) return outcome;
  const { percent } = covered;
  return {
    ...outcome,
    text: coverageText(files, percent, threshold),
    data: { percent, threshold, files },
  };
}

function percentOf(text: string): number {
  const percent = Number(text);
  if (text.trim() !== '' && percent >= 0 && percent <= 100) return percent;
  throw new CliError(EXIT.usage, `--threshold ${text} is not a percentage from 0 to 100`);
}
