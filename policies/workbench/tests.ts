/** The tests of the rules, run and counted. */
import { RULE_TREES } from '../engine/lock.ts';
import { findingIn, packageOf, type PolicyFinding } from './finding.ts';
import { askOpa, jsonIn, type Place } from './place.ts';
import { regoFiles } from './trees.ts';
import { whyNot } from './types.ts';

export interface PolicyTest {
  /** The package it tests. */
  package: string;
  name: string;
  file: string;
  line: number;
  ms: number;
  passed: boolean;
}

export interface TestRun {
  tests: PolicyTest[];
  findings: PolicyFinding[];
}

export interface TestChoice {
  /** Packages, and what lies below them; none: all. */
  packages?: string[];
  /** Regular expression (RE2) that the full name matches. */
  run?: string;
}

interface Reported {
  package: string;
  name: string;
  location: { file: string; row: number };
  duration: number;
  fail?: boolean;
  error?: unknown;
  skip?: boolean;
}

/** `opa test` succeeds when it finds nothing to run; here a tree of rules without a test is a finding. */
export async function runTests(place: Place, { packages = [], run }: TestChoice = {}): Promise<TestRun> {
  const wanted = run === undefined ? [] : ['--run', run];
  const args = ['test', ...wanted, ...(await regoFiles(place.policies))];
  const { stdout, stderr } = await askOpa(place, [...args, '--format', 'json']);
  const reported = jsonIn<Reported[] | null>(stdout);
  if (reported === null && stdout.toString().trim() !== 'null')
    return { tests: [], findings: await whyNot(place, 'opa test', `${stderr}${stdout.toString()}`) };
  const chosen = (reported ?? []).filter(({ location }) => within(packageOf(location.file), packages));
  const tests = chosen.map(asTest);
  const failed = chosen.filter((_, i) => !tests[i]!.passed);
  const said = failed.length > 0 ? (await askOpa(place, [...args, '--var-values'])).stdout.toString() : '';
  const everything = packages.length === 0 && run === undefined;
  return {
    tests,
    findings: [...failed.map((test) => failure(test, said)), ...(everything ? untested(tests) : [])],
  };
}

function asTest({ location, name, duration, fail, error, skip }: Reported): PolicyTest {
  const passed = !fail && !skip && error === undefined;
  const { file, row: line } = location;
  return { package: packageOf(file), name, file: `policies/${file}`, line, ms: duration / 1e6, passed };
}

function within(name: string, packages: string[]): boolean {
  return packages.length === 0 || packages.some((it) => name === it || name.startsWith(`${it}.`));
}

/** The line that did not hold, with the values in it, as `opa test --var-values` says them. */
function failure(test: Reported, said: string): PolicyFinding {
  const { file, row } = test.location;
  const [, report = ''] = said.split(/^FAILURES\n-+\n/m);
  const [, after = ''] = report.split(`${test.package}.${test.name}: FAIL`);
  const [own = ''] = after.split(/^(?:data\.|-{20})/m);
  const [, place = file, line = row, shown = ''] = /^\s*(\S+\.rego):(\d+):\n([^]*)/m.exec(own) ?? [];
  // Where it failed deep in a rule, the test is the place, and the rule is told.
  const elsewhere = place === file ? '' : `, at policies/${place}:${line}`;
  const why = test.skip ? 'is skipped' : 'fails';
  return findingIn(file, {
    rule: 'opa/test',
    line: place === file ? Number(line) : row,
    message: [`${test.name} ${why}${elsewhere}`, ...unindented(shown)].join('\n'),
    fix: test.skip
      ? 'a test runs or does not stand here'
      : 'make the rule say what the test asks, or the test',
  });
}

/** Without the room in front that all its lines have. */
function unindented(text: string): string[] {
  const lines = text.trimEnd().replaceAll('\t', '  ').split('\n');
  const room = Math.min(...lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  return text.trim() === '' ? [] : lines.map((line) => `  ${line.slice(room).trimEnd()}`);
}

function untested(tests: PolicyTest[]): PolicyFinding[] {
  const bare = RULE_TREES.filter((tree) => !tests.some((test) => test.package.split('.')[0] === tree));
  return bare.map((tree) => ({
    ...findingIn(tree, {
      rule: 'opa/test',
      message: 'rules stand here without one test',
      fix: 'write a _test.rego beside each rule',
    }),
    package: tree,
  }));
}
