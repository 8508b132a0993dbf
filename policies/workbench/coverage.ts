/** What of the rules their tests reach. */
import { ruleFiles } from '../engine/lock.ts';
import { findingIn, type PolicyFinding } from './finding.ts';
import { askOpa, jsonIn, type Place } from './place.ts';
import { regoFiles } from './trees.ts';

/** Percent of the rules' lines, asked for unless another is given. */
export const COVERAGE_THRESHOLD = 98;

export interface FileCoverage {
  /** From the project's root. */
  file: string;
  lines: number;
  covered: number;
  /** First and last line of what no test reaches. */
  open: [number, number][];
}

export interface CoverageRun {
  files: FileCoverage[];
  /** Of all lines, 0 to 100. */
  percent: number;
  findings: PolicyFinding[];
}

interface Reported {
  files: Record<
    string,
    {
      covered_lines?: number;
      not_covered_lines?: number;
      not_covered?: { start: { row: number }; end: { row: number } }[];
    }
  >;
}

/**
 * Of every file of rules that is compiled, those included that no test touches; `null` where nothing compiles or a test
 * fails, and `runTests` says which.
 */
export async function measureCoverage(
  place: Place,
  threshold: number = COVERAGE_THRESHOLD,
): Promise<CoverageRun | null> {
  const { stdout } = await askOpa(place, ['test', '--coverage', ...(await regoFiles(place.policies))]);
  const reported = jsonIn<Reported>(stdout);
  if (reported === null) return null;
  const files = (await ruleFiles(place.policies)).flatMap((name) => {
    const {
      covered_lines: covered = 0,
      not_covered_lines: missed = 0,
      not_covered: open = [],
    } = reported.files[name] ?? {};
    // A file without a rule, metadata alone, has nothing to reach.
    if (covered + missed === 0) return [];
    const ranges = open.map(({ start, end }): [number, number] => [start.row, end.row]);
    return [{ file: `policies/${name}`, lines: covered + missed, covered, open: merged(ranges) }];
  });
  const lines = sum(files.map((it) => it.lines));
  const percent = lines === 0 ? 0 : (100 * sum(files.map((it) => it.covered))) / lines;
  return { files, percent, findings: percent < threshold ? files.flatMap(unreached) : [] };
}

function unreached({ file, open }: FileCoverage): PolicyFinding[] {
  return open.map(([first, last]) =>
    findingIn(file.replace('policies/', ''), {
      rule: 'opa/coverage',
      line: first,
      message:
        first === last ? 'no test reaches this line' : `no test reaches these ${last - first + 1} lines`,
      fix: 'test it, or take it out',
    }),
  );
}

/** One range holds the next where they touch. */
function merged(ranges: [number, number][]): [number, number][] {
  const whole: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = whole.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else whole.push([first, last]);
  }
  return whole;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
