/** The quick proof of what a change touches, in threads that stay warm from one save to the next. */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { ENTRYPOINTS, type Entrypoint } from '../../engine/entrypoints.ts';
import { compileInvariants, type Invariants } from '../proof/judge.ts';
import type { Counterexample, Proof, ProvenCatalog } from '../proof/prove.ts';
import { SWEEPS } from '../proof/sweeps.ts';
import { WorkbenchError } from '../run.ts';
import { startThread } from '../thread.ts';

export interface QuickProof {
  /** Sweeps that were walked, on each catalog. */
  sweeps: string[];
  cells: number;
  /** Cells the laws could tell apart. */
  distinct: number;
  /** Laws that applied somewhere, of all there are. */
  applied: number;
  laws: number;
  /** The first cell for each broken law. */
  violations: Counterexample[];
}

export interface Prover {
  /** Starts the threads, so that the first proof need not wait for them. */
  warmUp(): void;
  /** @param signal stops it; then it rejects */
  prove(module: WebAssembly.Module, sweeps: string[], signal: AbortSignal): Promise<QuickProof>;
  /** The laws may have changed: they are compiled again before the next proof. */
  forgetLaws(): void;
  close(): void;
}

/** What a thread is asked. */
export interface ProofPart {
  module: WebAssembly.Module;
  catalog: ProvenCatalog;
  sweep: string;
}

/** The laws come before the first part, and once for many: what they said of a cell is remembered with them. */
export type ProofMessage = ProofPart | { laws: Invariants };

export type ProofAnswer = { proof: Proof } | { fault: string };

/** Questions that belong to no sweep. */
const SPECIALS = 'specials';

/** Takes longer than all others together: for each route all remedies are tried out. */
const LONG = 'routes';

/** Where an answer can be seen at all, for those that are not seen everywhere. */
const SEEN_IN: Partial<Record<Entrypoint, readonly string[]>> = {
  [ENTRYPOINTS.capabilities]: ['capabilities', SPECIALS],
  [ENTRYPOINTS.delegation]: ['changes', SPECIALS],
  [ENTRYPOINTS.explanation]: ['routes', 'memberships', 'doors', 'resolved', 'capabilities'],
  [ENTRYPOINTS.layers]: ['routes', 'memberships', 'doors', 'resolved'],
  [ENTRYPOINTS.remedies]: ['routes', 'memberships', 'doors', 'resolved'],
  [ENTRYPOINTS.effective]: ['routes', 'memberships', 'roles', 'resolved', 'permissions', 'drawn'],
  [ENTRYPOINTS.logTreatment]: [SPECIALS],
};

/** Sweeps that may show another answer: what is seen at once, and what takes its time. */
export function sweepsFor(touched: readonly Entrypoint[]): { soon: string[]; later: string[] } {
  const all = [...SWEEPS.map(({ name }) => name), SPECIALS];
  const asked = all.filter((sweep) => touched.some((it) => SEEN_IN[it]?.includes(sweep) ?? true));
  return {
    soon: asked.filter((sweep) => sweep !== LONG),
    later: asked.filter((sweep) => sweep === LONG),
  };
}

/** Once it has proved, `close()` it, or the process does not end. */
export function openProver(catalogs: ProvenCatalog[]): Prover {
  const start = () => startThread(import.meta.resolve('./prover-thread.ts'), null);
  const count = Math.min(2, availableParallelism());
  let threads: Worker[] = [];
  let laws: Promise<Invariants> | null = null;
  const lawsOf = new WeakMap<Worker, Invariants>();

  async function prove(
    module: WebAssembly.Module,
    sweeps: string[],
    signal: AbortSignal,
  ): Promise<QuickProof> {
    laws ??= compileInvariants();
    const invariants = await laws;
    signal.throwIfAborted();
    const parts = sweeps.flatMap((sweep) =>
      catalogs.map((catalog): ProofPart => ({ module, catalog, sweep })),
    );
    warmUp();
    for (const thread of threads) tellLaws(thread, invariants);
    const proofs = (await Promise.all(threads.map((thread) => inTurn(thread, parts, signal)))).flat();
    return together(proofs, sweeps, invariants.laws);
  }

  function warmUp(): void {
    if (threads.length === 0) threads = Array.from({ length: count }, start);
  }

  function tellLaws(thread: Worker, invariants: Invariants): void {
    if (lawsOf.get(thread) === invariants) return;
    thread.postMessage({ laws: invariants } satisfies ProofMessage);
    lawsOf.set(thread, invariants);
  }

  /** A thread that was stopped or that failed is not asked again, nor are laws that did not compile. */
  function close(): void {
    for (const thread of threads) void thread.terminate();
    threads = [];
    laws = null;
  }

  return {
    warmUp,
    prove: (module, sweeps, signal) =>
      prove(module, sweeps, signal).catch((error: unknown) => {
        close();
        throw error;
      }),
    forgetLaws: () => void (laws = null),
    close,
  };
}

/** @param parts what is left, taken from the front by whichever thread is free */
async function inTurn(thread: Worker, parts: ProofPart[], signal: AbortSignal): Promise<Proof[]> {
  const proofs: Proof[] = [];
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    thread.postMessage(part satisfies ProofMessage);
    const [answer] = (await once(thread, 'message', { signal })) as [ProofAnswer];
    if ('fault' in answer) throw new WorkbenchError(`the proof did not run: ${answer.fault}`);
    proofs.push(answer.proof);
  }
  return proofs;
}

function together(proofs: Proof[], sweeps: string[], laws: string[]): QuickProof {
  const violations = new Map(proofs.flatMap((it) => it.violations).map((it) => [it.law, it]));
  const sum = (count: (proof: Proof) => number) => proofs.reduce((total, proof) => total + count(proof), 0);
  return {
    sweeps,
    cells: sum(({ evaluated }) => evaluated),
    distinct: sum(({ distinct }) => distinct),
    applied: laws.filter((law) => proofs.some(({ vacuous }) => !vacuous.includes(law))).length,
    laws: laws.length,
    violations: [...violations.values()],
  };
}
