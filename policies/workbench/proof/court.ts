/** Where the policy answers and the invariants judge: what all examinations of one catalog share. */
import type { CatalogData } from '../../contract.ts';
import type { Entrypoint } from '../../engine/entrypoints.ts';
import { createAsker } from './asker.ts';
import { createJudge } from './judge.ts';
import { createWords, type Words } from './words.ts';

/** What is proved, of which catalog. */
export interface Subject {
  /** Of the catalog, for people. */
  name: string;
  policy: WebAssembly.Module;
  invariants: WebAssembly.Module;
  /** What the invariants take for true. */
  declared: CatalogData;
  /** What the policy is given. */
  served: CatalogData;
}

/** One cell in which a law is broken. */
export interface Counterexample {
  law: string;
  sweep: string;
  /** Name of the catalog. */
  catalog: string;
  /** What was asked, so that it can be asked again. */
  entrypoint: Entrypoint;
  input: unknown;
  /** The cell as the invariants saw it. */
  cell: unknown;
}

export interface Examined {
  cells: number;
  /** Questions put to the policy. */
  questions: number;
  /** Cells the invariants could tell apart. */
  distinct: number;
  /** Law → cells it applied to. */
  applied: Record<string, number>;
  /** Law → cells in which it was broken. */
  broken: Record<string, number>;
  /** The first of each law. */
  counterexamples: Counterexample[];
}

export interface Court {
  declared: CatalogData;
  served: CatalogData;
  words: Words;
  /** The answer as JSON text, `null` when there is none. @param question JSON */
  ask(this: void, entrypoint: Entrypoint, question: string): string | null;
  /** @param cell as JSON, for the invariants @param question what led to it */
  present(this: void, cell: string, from: { sweep: string; entrypoint: Entrypoint; question: string }): void;
  count(this: void, cells: number): void;
  isBroken(this: void): boolean;
  examined(this: void): Examined;
}

export function createCourt({ name, policy, invariants, declared, served }: Subject): Court {
  const asker = createAsker(policy, { catalog: served });
  const judge = createJudge(invariants);
  const first = new Map<string, Counterexample>();
  let cells = 0;
  let questions = 0;
  return {
    declared,
    served,
    words: createWords(declared, (it) => judge.period(it)),
    ask(entrypoint, question) {
      questions += 1;
      return asker.ask(entrypoint, question);
    },
    present(cell, { sweep, entrypoint, question }) {
      for (const law of judge.judge(cell)) {
        if (first.has(law)) continue;
        first.set(law, {
          law,
          sweep,
          catalog: name,
          entrypoint,
          input: JSON.parse(question),
          cell: JSON.parse(cell),
        });
      }
    },
    count: (more) => void (cells += more),
    isBroken: () => first.size > 0,
    examined: () => ({ cells, questions, ...judge.summary(), counterexamples: [...first.values()] }),
  };
}
