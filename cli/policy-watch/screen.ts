import pc from 'picocolors';
import type { RouteChange } from '../../policies/workbench/impact/changes.ts';
import type { Impact } from '../../policies/workbench/impact/impact.ts';
import type { PolicyFinding } from '../../policies/workbench/finding.ts';
import type { Looking } from '../../policies/workbench/watch/loop.ts';
import { STEPS, type Review, type Step, type StepName } from '../../policies/workbench/watch/shape.ts';
import { storyOf } from '../../policies/workbench/proof/story.ts';
import { rowsBy } from '../../policies/workbench/impact/summary.ts';
import { columns } from '../columns.ts';
import { impactText } from '../impact/text.ts';

/** Findings shown of one step, and lines of each; the rest is counted. */
const SHOWN = 3;
const LINES = 6;

/** Everything there is to see of a look, whether it has come to its end or not. */
export function screen({ saved, review }: Looking, routes: number): string {
  return [
    ...touchedLines(saved, review, routes),
    '',
    ...STEPS.flatMap((name) => stepLines(name, review)),
    ...(review.ms > 0 ? ['', verdict(review)] : []),
  ].join('\n');
}

/** What was saved, what differs from the committed bundle, and how far that reaches. */
export function touchedLines(saved: string[], { touched }: Review, routes: number): string[] {
  const rows: [string, string][] = [];
  if (saved.length > 0) rows.push(['saved', saved.join(', ')]);
  if (touched !== null) {
    const { files, packages, dependants, entrypoints } = touched;
    if (files.length === 0) rows.push(['differs', 'nothing, from the committed bundle']);
    else {
      rows.push(['differs', `${files.join(', ')}, from the committed bundle`]);
      rows.push([
        'touches',
        [packages.join(', '), dependants.join(', ')].filter(Boolean).join(', and with it '),
      ]);
      const asked = entrypoints.map((path) => path.split('/')[1]).join(', ') || 'no question';
      rows.push(['answers', entrypoints.length === 0 ? asked : `${asked}: on ${routes} routes`]);
    }
  }
  return columns(rows).split('\n');
}

/** A step in one line, and below it what was found. */
export function stepLines(name: StepName, review: Review): string[] {
  const step = review.steps[name];
  const time = step.ms > 0 ? pc.dim(`  ${seconds(step.ms)}`) : '';
  return [
    `${mark(step)} ${name.padEnd(8)}  ${step.told}${time}`,
    ...found(name, review).map((line) => cut(`    ${line}`)),
  ];
}

function found(name: StepName, { steps, proof, deeper, impact, changes }: Review): string[] {
  if (name === 'prove' && proof) return some(proof.violations, storyOf, 'policy prove');
  if (name === 'deeper' && deeper) return some(deeper.violations, storyOf, 'policy prove');
  if (name === 'diff' && impact) return peopleLines(impact, changes);
  return some(steps[name].findings, findingLines, 'policy check');
}

function peopleLines(impact: Impact, changes: RouteChange[]): string[] {
  return impactText({
    impact,
    changes,
    rows: rowsBy('permission', changes, impact.members, null),
    by: 'permission',
    limit: SHOWN,
    before: 'the committed bundle',
    after: 'the rules as they stand',
    log: null,
  }).split('\n');
}

/** @param command has all of it */
function some<T>(items: T[], lines: (item: T) => string[], command: string): string[] {
  const more = items.length - SHOWN;
  return [
    ...items.slice(0, SHOWN).flatMap((item) => lines(item).slice(0, LINES)),
    ...(more > 0 ? [`and ${more} more: kisum-cli ${command}`] : []),
  ];
}

function findingLines({ file, line, col, rule, message }: PolicyFinding): string[] {
  const place = [file, line, col].filter((it) => it !== undefined).join(':');
  return `${place}  ${rule}  ${message}`.split('\n');
}

function mark({ state }: Step): string {
  const marks = {
    waiting: pc.dim('·'),
    running: '…',
    holds: pc.green('✔'),
    fails: pc.red('✖'),
    skipped: pc.dim('-'),
  };
  return marks[state];
}

/** Once everything but the deeper proof is known. */
export function verdict(review: Review): string {
  const failed = STEPS.filter((name) => review.steps[name].state === 'fails');
  const { state } = review.steps.deeper;
  const open = state === 'waiting' || state === 'running' ? ' so far; the proof goes deeper' : '';
  const word = failed.length === 0 ? pc.green('holds') : pc.red(`does not hold: ${failed.join(', ')}`);
  return `${word}${open}  ${pc.dim(seconds(review.ms))}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** One line of the screen, however long the sentence. */
function cut(line: string): string {
  const width = process.stdout.columns ?? 200;
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}
