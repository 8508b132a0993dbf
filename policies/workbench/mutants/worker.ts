/** One thread of a mutation run: asks for a mutant, tells what became of it, asks for the next. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Mutant } from './mutant.ts';
import { openTrial, type Bench, type Fate } from './trial.ts';

export type Told = { fate: Fate; milliseconds: number } | { ready: true };

const port = parentPort;
if (port) {
  const trial = await openTrial(workerData as Bench);
  port.on('message', (mutant: Mutant | null) => void next(mutant));
  port.postMessage({ ready: true } satisfies Told);

  const next = async (mutant: Mutant | null): Promise<void> => {
    if (mutant === null) {
      await trial.close();
      port.close();
      return;
    }
    const begin = performance.now();
    const fate = await trial.judge(mutant);
    port.postMessage({ fate, milliseconds: performance.now() - begin } satisfies Told);
  };
}
