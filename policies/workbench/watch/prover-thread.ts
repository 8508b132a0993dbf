import { parentPort } from 'node:worker_threads';
import { prove, type ProofOptions } from '../proof/prove.ts';
import type { ProofAnswer, ProofPart } from './prover.ts';

parentPort!.on('message', (part: ProofPart) => void answer(part));

async function answer({ module, catalog, sweep, invariants }: ProofPart): Promise<void> {
  const options: ProofOptions = {
    catalogs: [catalog],
    only: [sweep],
    invariants,
    size: 'quick',
    workers: 0,
  };
  const answered: ProofAnswer = await prove({ module }, options).then(
    (proof) => ({ proof }),
    (error: unknown) => ({ fault: error instanceof Error ? error.message : String(error) }),
  );
  parentPort!.postMessage(answered);
}
