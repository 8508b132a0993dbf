import pc from 'picocolors';
import type { RouteChange } from '../../policies/workbench/impact/changes.ts';
import type { Impact } from '../../policies/workbench/impact/impact.ts';
import { rowsBy } from '../../policies/workbench/impact/summary.ts';
import type { PolicyFinding } from '../../policies/workbench/finding.ts';
import { storyOf } from '../../policies/workbench/proof/story.ts';
import { STEPS, type Review, type Step, type StepName } from '../../policies/workbench/watch/shape.ts';
import { columns } from '../columns.ts';
import { impactText } from '../impact/text.ts';

/** Findings told of one step, and lines of each; the rest is counted. */
const SHOWN = 3;
const LINES = 6;

/** What was saved, what differs from the committed bundle, and how far that reaches. */
export function touchedLines(saved: string[], { touched }: Review, routes: number): string[] {
  const rows: [string, string][] = saved.length > 0 ? [['saved', saved.join(', ')]] : [];
  if (touched === null) return columns(rows).split('\n');
  const { files, packages, dependants, entrypoints } = touched;
  const differs = files.length === 0 ? 'nothing' : files.join(', ');
  rows.push(['differs', `${differs}, from the committed bundle`]);
  if (files.length > 0) {
    const reach = [packages.join(', '), dependants.join(', ')].filter(Boolean).join(', and with it ');
    const asked = entrypoints.map((path) => path.split('/')[1]).join(', ');
    rows.push(['touches', reach]);
    rows.push(['answers', asked === '' ? 'none' : `${asked}: on ${routes} routes`]);
  }
  return columns(rows).split('\n');
}

export function stepLine(name: StepName, { steps }: Review): string {
  const { told, ms } = steps[name];
  const time = ms > 0 ? pc.dim(`  ${seconds(ms)}`) : '';
  return `${mark(steps[name])} ${name.padEnd(8)}  ${told}${time}`;
}

/** What was found in a step, and the command that has all of it. */
export function foundIn(name: StepName, review: Review): { lines: string[]; command: string } {
  const { steps, proof, deeper, impact, changes } = review;
  if (name === 'diff') return { lines: impact ? peopleLines(impact, changes) : [], command: 'policy diff' };
  const command = name === 'prove' || name === 'deeper' ? 'policy prove' : 'policy check';
  return { lines: some(storiesOf() ?? steps[name].findings.map(findingLines), command), command };

  function storiesOf(): string[][] | null {
    if (name === 'prove' && proof) return proof.violations.map(storyOf);
    if (name !== 'deeper' || !deeper) return null;
    // What broke before needs no second story.
    const known = new Set(proof?.violations.map(({ law }) => law));
    return deeper.violations.filter(({ law }) => !known.has(law)).map(storyOf);
  }
}

/** Without how many were asked, which the step says, and without empty lines. */
function peopleLines(impact: Impact, changes: RouteChange[]): string[] {
  const text = impactText({
    impact,
    changes,
    rows: rowsBy('permission', changes, impact.members, null),
    by: 'permission',
    limit: SHOWN,
    before: 'the committed bundle',
    after: 'the rules as they stand',
    log: null,
  });
  const [, ...parts] = text.split('\n\n');
  return parts.flatMap((part) => part.split('\n'));
}

function some(items: string[][], command: string): string[] {
  const more = items.length - SHOWN;
  return [
    ...items.slice(0, SHOWN).flatMap((lines) => lines.slice(0, LINES)),
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
