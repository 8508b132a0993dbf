import { readEquivalents } from '../../policies/workbench/mutants/equivalent.ts';
import type { Mutant } from '../../policies/workbench/mutants/mutant.ts';
import { allMutants, judgeMutants, sampleOf } from '../../policies/workbench/mutants/run.ts';
import { scoreOf, type Judged } from '../../policies/workbench/mutants/score.ts';
import { CliError, EXIT } from '../errors.ts';
import { faultsOf, judgedText, scoreText } from '../mutants/score-text.ts';
import { didYouMean } from '../nearest.ts';
import type { Outcome } from '../outcome.ts';
import { threads } from './policy-prove.ts';

export interface MutantsOptions {
  mutants?: boolean;
  sample?: string;
  mutant?: string;
  workers?: string;
}

const log = (line: string): void => void process.stderr.write(`${line}\n`);

/** How many wrong policies the invariants find, alone; with `mutant` only what becomes of that one. */
export async function mutants({ sample, mutant, workers }: MutantsOptions): Promise<Outcome> {
  const all = await allMutants();
  if (mutant !== undefined) return one(find(all, mutant));
  const size = sample === undefined ? all.length : count(sample);
  const listed = await readEquivalents();
  const equivalent = listed.map(({ id }) => id);
  const judged = await judgeMutants(sampleOf(all, size), {
    log,
    equivalent,
    onProgress: reporter(),
    ...(workers === undefined ? {} : { workers: Math.max(1, threads(workers)) }),
  });
  const score = scoreOf(judged, all, listed);
  const faults = faultsOf(score, { whole: sample === undefined });
  return {
    text: [scoreText(score, listed), ...faults].join('\n'),
    data: { ...score, survivors: score.survivors.map(withoutChange), faults },
    examined: { mutants: judged.length },
    exitCode: faults.length === 0 ? EXIT.ok : EXIT.findings,
  };
}

async function one(mutant: Mutant): Promise<Outcome> {
  const [judged] = await judgeMutants([mutant], { log, workers: 1 });
  const isListed = (await readEquivalents()).some(({ id }) => id === mutant.id);
  const isFault = judged!.fate.kind === 'survived' && !isListed;
  return {
    text: judgedText(judged!),
    data: withoutChange(judged!),
    examined: { mutants: 1 },
    exitCode: isFault ? EXIT.findings : EXIT.ok,
  };
}

/** What the change is made of is too long to print: the lines before and after say it. */
function withoutChange({ change: _change, ...judged }: Judged): Omit<Judged, 'change'> {
  return judged;
}

function find(all: Mutant[], id: string): Mutant {
  const found = all.find((mutant) => mutant.id === id);
  if (found) return found;
  const ids = all.map((mutant) => mutant.id);
  throw new CliError(EXIT.usage, `there is no mutant ${id}${didYouMean(id, ids)}`);
}

function count(text: string): number {
  const size = Number(text);
  if (Number.isInteger(size) && size > 0) return size;
  throw new CliError(EXIT.usage, `--sample takes how many mutants to try, for example 100, not ${text}`);
}

const REPORTS = 20;

function reporter(): (done: number, of: number) => void {
  return (done, of) => {
    if (done % Math.ceil(of / REPORTS) === 0 || done === of) log(`mutants: ${done} of ${of}`);
  };
}
