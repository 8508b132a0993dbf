/** Many questions to one policy. */
import type { CatalogData } from '../../contract.ts';
import type { RunnablePolicy } from '../../engine/bundle.ts';
import { createJudge } from './judge.ts';
import type { Question } from './plan.ts';

export interface Examination {
  policy: RunnablePolicy;
  catalog: CatalogData;
  questions: readonly Question[];
}

/** Evaluations between two reports. */
const BETWEEN_REPORTS = 5_000;

/** For each question the verdicts at its routes, as indices into `VERDICTS`. */
export async function answersTo(
  { policy, catalog, questions }: Examination,
  onProgress: (evaluations: number) => void,
): Promise<Uint8Array[]> {
  const judge = await createJudge(policy, catalog);
  const answers: Uint8Array[] = [];
  let since = 0;
  for (const { facts, routes } of questions) {
    answers.push(await judge.verdicts(facts, routes));
    since += routes.length;
    if (since < BETWEEN_REPORTS) continue;
    onProgress(since);
    since = 0;
  }
  onProgress(since);
  return answers;
}
