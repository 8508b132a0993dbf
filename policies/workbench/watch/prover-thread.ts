import { parentPort } from 'node:worker_threads';
import type { Invariants } from '../proof/judge.ts';
import { prove, type ProofOptions } from '../proof/prove.ts';
import type { ProofAnswer, ProofMessage, ProofPart } from './prover.ts';

let invariants: Invariants | null = null;

parentPort!.on('message', (message: ProofMessage) => {
  if ('laws' in message) invariants = message.laws;
  else void answer(message, invariants!);
});

async function answer({ module, catalog, sweep }: ProofPart, laws: Invariants): Promise<void> {
  const options: ProofOptions = {
    catalogs: [catalog],
    only: [sweep],
    invariants: laws,
    size: 'quick',
    workers: 0,
  };
  const answered: ProofAnswer = await prove({ module }, options).then(
    (proof) => ({ proof }),
    (error: unknown) => ({ fault: error instanceof Error ? error.message : String(error) }),
  );
  parentPort!.postMessage(answered);
}
