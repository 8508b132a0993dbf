/** Shares many questions among threads, where there are enough of them to be worth it. */
import { availableParallelism } from 'node:os';
import { startThread } from '../thread.ts';
import { answersTo, type Examination } from './answer.ts';
import { evaluationsOf, type Question } from './plan.ts';

/** `answersTo` for several policies at once, each in as many threads as the machine has cores for. */
export async function answersToAll(
  examinations: readonly Examination[],
  { threadsFrom, onProgress }: { threadsFrom: number; onProgress: (evaluations: number) => void },
): Promise<Uint8Array[][]> {
  const threads = Math.max(1, Math.floor(availableParallelism() / examinations.length));
  return Promise.all(
    examinations.map(async (examination) => {
      const { questions } = examination;
      if (evaluationsOf(questions) < threadsFrom) return answersTo(examination, onProgress);
      const shares = partsOf(questions, threads).map((part) =>
        inThread({ ...examination, questions: part }, onProgress),
      );
      return (await Promise.all(shares)).flat();
    }),
  );
}

/** In order, of about the same length. */
function partsOf(questions: readonly Question[], count: number): (readonly Question[])[] {
  const length = Math.ceil(questions.length / count);
  return Array.from({ length: count }, (_, index) => questions.slice(index * length, (index + 1) * length));
}

type Told = { evaluations: number } | { answers: Uint8Array[] };

async function inThread(
  examination: Examination,
  onProgress: (evaluations: number) => void,
): Promise<Uint8Array[]> {
  const { module, revision } = examination.policy;
  const policy = { module, revision };
  const thread = startThread(import.meta.resolve('./worker.ts'), { ...examination, policy });
  return new Promise((resolve, reject) => {
    let answers: Uint8Array[] | undefined;
    thread.on('message', (told: Told) => {
      if ('evaluations' in told) onProgress(told.evaluations);
      else answers = told.answers;
    });
    thread.on('error', reject);
    thread.on('exit', (code) => {
      if (answers) resolve(answers);
      else reject(new Error(`a thread of the diff ended with ${code} and without answers`));
    });
  });
}
