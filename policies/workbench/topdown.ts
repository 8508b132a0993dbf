/** The compiler's own evaluator, which knows nothing of WebAssembly: the second opinion on every answer. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CatalogData } from '../contract.ts';
import type { Entrypoint } from '../engine/entrypoints.ts';
import { ruleFiles } from '../engine/lock.ts';
import { mustRun } from './run.ts';

export interface Question {
  input: unknown;
  asks: readonly Entrypoint[];
}

export type Answers = Partial<Record<Entrypoint, unknown>>;

/** For each question its answers by entrypoint; an undefined one is absent. One run of `opa eval` for all of them. */
export async function topdown(
  opa: string,
  policies: string,
  catalog: CatalogData,
  questions: readonly Question[],
): Promise<Answers[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kisum-topdown-'));
  try {
    const data = join(folder, 'data.json');
    await writeFile(data, JSON.stringify({ catalog, questions }));
    const sources = (await ruleFiles(policies)).flatMap((file) => ['--data', file]);
    const args = ['eval', '--format', 'raw', ...sources, '--data', data, query(questions)];
    const answered = await mustRun(opa, args, policies, 'evaluating the policies');
    return byQuestion(JSON.parse(answered.toString('utf8')) as Answered, questions.length);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Entrypoint → `[question's index, answer]`. */
type Answered = Record<Entrypoint, [number, unknown][]>;

/** `with input as row.input` evaluates without any input in opa 1.22: hence the name in between. */
function query(questions: readonly Question[]): string {
  const asked = [...new Set(questions.flatMap(({ asks }) => asks))];
  const answers = asked.map((path) => {
    const rule = `data.${path.replaceAll('/', '.')}`;
    return `"${path}": [[index, answer] |
      some index, row in data.questions
      "${path}" in row.asks
      question := row.input
      answer := ${rule} with input as question
    ]`;
  });
  return `{${answers.join(', ')}}`;
}

function byQuestion(answered: Answered, count: number): Answers[] {
  const answers: Answers[] = Array.from({ length: count }, () => ({}));
  for (const [path, rows] of Object.entries(answered)) {
    for (const [index, answer] of rows) (answers[index] ??= {})[path as Entrypoint] = answer;
  }
  return answers;
}
