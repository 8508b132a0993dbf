/** One thread of a diff: answers its share of the questions and tells how far it is. */
import { parentPort, workerData } from 'node:worker_threads';
import { answersTo, type Examination } from './answer.ts';

const port = parentPort;
if (port) {
  const answers = await answersTo(workerData as Examination, (evaluations) =>
    port.postMessage({ evaluations }),
  );
  port.postMessage({ answers });
}
