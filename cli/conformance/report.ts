import { CliError, EXIT } from '../errors.ts';
import type { Finding, Outcome } from '../outcome.ts';
import { fingerprinter, sorted } from './fingerprint.ts';
import type { Format, Report } from './formats/format.ts';
import { github } from './formats/github.ts';
import { junit } from './formats/junit.ts';
import { pretty } from './formats/pretty.ts';
import { sarif } from './formats/sarif.ts';
import { vacuous } from './formats/summary.ts';

export type { NotExamined, Report } from './formats/format.ts';

/** `--format json` is `--json`: the envelope is written where every command's is. */
const FORMATS = { pretty, json: () => '', sarif, junit, github } satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;

/** For the help of `--format`. */
export const FORMAT_NAMES = Object.keys(FORMATS).join('|');

/** What `--format` says; asked for first, so that a mistyped one costs nothing. */
export function formatNamed(name = 'pretty'): FormatName {
  if (Object.hasOwn(FORMATS, name)) return name as FormatName;
  throw new CliError(EXIT.usage, `--format ${name} is not known; use ${FORMAT_NAMES}`);
}

/**
 * A check's end: exit 1 with an error among the findings, 4 when some kind of thing was to be examined and none of it
 * was (`examined` empty, or a count of 0), else 0.
 */
export function report(format: FormatName, given: Report): Outcome {
  const modules = [...new Set([...given.modules, ...given.findings.map(({ module }) => module)])].sort();
  const full: Report = { ...given, modules, findings: identified(given.findings) };
  const { title, findings, examined, notExamined = [] } = full;
  return {
    text: FORMATS[format](full),
    data: { title, modules, notExamined },
    exitCode: exitCodeOf(full),
    examined,
    findings,
  };
}

function exitCodeOf(full: Report): number {
  if (full.findings.some(({ severity }) => severity === 'error')) return EXIT.findings;
  return vacuous(full) ? EXIT.precondition : EXIT.ok;
}

/** Sorted, and each with a fingerprint: its own, or one made of its message. */
function identified(findings: Finding[]): Finding[] {
  const fingerprint = fingerprinter();
  return sorted(findings).map((finding) => ({
    ...finding,
    fingerprint: finding.fingerprint ?? fingerprint(finding, finding.message),
  }));
}
