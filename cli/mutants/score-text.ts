/** A mutation score for people. */
import type { Equivalent } from '../../policies/workbench/mutants/equivalent.ts';
import type { Judged, Score, Tally } from '../../policies/workbench/mutants/score.ts';
import { storyOf } from '../../policies/workbench/proof/story.ts';
import { columns } from '../columns.ts';

/** What the invariants must find, of all that anybody could see. */
const THRESHOLD = 0.98;

/** Fewer would prove nothing. */
const ENOUGH = 200;

/** Why the run fails, one line each; none when it does not. @param whole all mutants were tried, not a sample */
export function faultsOf({ score, total, survivors, rot }: Score, { whole }: { whole: boolean }): string[] {
  const counted = total.killed + total.survived;
  const faults = rot.map((line) => `policies/proof/equivalent.json: ${line}`);
  if (total.survived > 0) {
    faults.push(
      `${total.survived} of ${survivors.length} survivors are not explained: make an invariant see them, or say in policies/proof/equivalent.json why nobody could`,
    );
  }
  if (whole && counted < ENOUGH)
    faults.push(`only ${counted} mutants count; fewer than ${ENOUGH} prove nothing`);
  if (counted === 0 || score < THRESHOLD) faults.push(`the score is below ${percent(THRESHOLD)}`);
  return faults;
}

export function scoreText(score: Score, listed: readonly Equivalent[]): string {
  const { total, broken, same, byLaw } = score;
  return [
    `mutation score ${percent(score.score)}: the invariants alone find ${total.killed} of ${total.killed + total.survived} mutants`,
    `the engine would notice ${total.engine} more by itself; counted in, the invariants find ${percent(score.withEngine)}`,
    `not counted: ${total.equivalent} equivalent, ${broken} that do not compile, ${same} that compile to the same`,
    '',
    table('operator', score.byOperator),
    '',
    table('file', score.byFile),
    '',
    columns([['found first by', ''], ...lawRows(byLaw)]),
    ...survivorLines(score.survivors, listed),
  ].join('\n');
}

/** One mutant: its change, what became of it, and the story of the counterexample. */
export function judgedText(judged: Judged): string {
  return [`${judged.id}  ${placeOf(judged)}`, ...changeOf(judged), '', ...fateOf(judged)].join('\n');
}

function fateOf({ fate }: Judged): string[] {
  switch (fate.kind) {
    case 'killed':
      return [...storyOf(fate.counterexample), `  input    ${JSON.stringify(fate.counterexample.input)}`];
    case 'engine':
      return [`the engine notices: ${fate.why}`, `broken: ${fate.law ?? 'no law'}`];
    case 'broken':
      return ['it does not compile'];
    case 'same':
      return ['it compiles to the same steps'];
    case 'survived':
      return ['it survives'];
  }
}

function survivorLines(survivors: readonly Judged[], listed: readonly Equivalent[]): string[] {
  const why = new Map(listed.map((it) => [it.id, it.why]));
  return survivors.flatMap((judged) => [
    '',
    `${why.has(judged.id) ? 'equivalent' : 'SURVIVOR'}  ${judged.id}  ${placeOf(judged)}`,
    ...changeOf(judged),
    `  ${why.get(judged.id) ?? 'not explained'}`,
  ]);
}

function placeOf({ file, line }: Judged): string {
  return line === 0 ? file : `policies/${file}:${line}`;
}

function changeOf({ before, after }: Judged): string[] {
  return [...marked('-', before), ...marked('+', after)];
}

function marked(mark: string, text: string): string[] {
  return text === '' ? [] : text.split('\n').map((line) => `  ${mark} ${line}`);
}

function table(title: string, rows: Record<string, Tally>): string {
  const told = Object.entries(rows).map(([name, { killed, engine, equivalent, survived }]) => [
    name,
    ...[killed, engine, equivalent, survived].map(String),
  ]);
  return columns([[title, 'killed', 'engine', 'equivalent', 'survived'], ...told]);
}

function lawRows(byLaw: Record<string, number>): string[][] {
  const rows = Object.entries(byLaw).sort(([, one], [, other]) => other - one);
  return rows.map(([law, found]) => [law, String(found)]);
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}
