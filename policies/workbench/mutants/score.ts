/** How many of the mutants the invariants find, alone. */
import type { Equivalent } from './equivalent.ts';
import { rotOf } from './equivalent.ts';
import type { Mutant } from './mutant.ts';
import type { Fate } from './trial.ts';

export type Judged = Mutant & { fate: Fate; milliseconds: number };

export interface Tally {
  killed: number;
  engine: number;
  equivalent: number;
  survived: number;
}

export interface Score {
  /** Killed by the invariants of all that can be seen and that the engine does not refuse by itself; 0 to 1. */
  score: number;
  /** The same with what the engine would notice too: how many of all of them break a law, whoever else sees it; 0 to 1. */
  withEngine: number;
  total: Tally;
  byOperator: Record<string, Tally>;
  byFile: Record<string, Tally>;
  /** Law → mutants it was the first to find. */
  byLaw: Record<string, number>;
  /** Not counted: they do not compile, or compile to the very same steps. */
  broken: number;
  same: number;
  survivors: Judged[];
  /** What is wrong with the list of equivalents. */
  rot: string[];
}

/**
 * Score = killed ÷ (killed + survivors that are not equivalent). Mutants the engine notices by itself are in neither: no
 * credit for the invariants where there was nothing left to do.
 */
export function scoreOf(
  judged: readonly Judged[],
  mutants: readonly Mutant[],
  listed: readonly Equivalent[],
): Score {
  const equivalent = new Set(listed.map(({ id }) => id));
  const counted = judged.flatMap((it) => {
    const column = columnOf(it, equivalent);
    return column === null ? [] : [{ ...it, column }];
  });
  const total = tally(counted);
  const noticed = judged.filter(({ fate }) => fate.kind !== 'survived').map(({ id }) => id);
  const alsoByLaw = judged.filter(({ fate }) => fate.kind === 'engine' && fate.law !== null).length;
  return {
    score: total.killed / (total.killed + total.survived),
    withEngine: (total.killed + alsoByLaw) / (total.killed + total.engine + total.survived),
    total,
    byOperator: tallies(counted, ({ operator }) => operator),
    byFile: tallies(counted, ({ file }) => file),
    byLaw: lawsOf(judged),
    broken: judged.filter(({ fate }) => fate.kind === 'broken').length,
    same: judged.filter(({ fate }) => fate.kind === 'same').length,
    survivors: judged.filter(({ fate }) => fate.kind === 'survived'),
    rot: rotOf(listed, mutants, new Set(noticed)),
  };
}

type Counted = Judged & { column: keyof Tally };

function columnOf({ id, fate }: Judged, equivalent: Set<string>): keyof Tally | null {
  if (fate.kind === 'broken' || fate.kind === 'same') return null;
  if (fate.kind === 'survived') return equivalent.has(id) ? 'equivalent' : 'survived';
  return fate.kind;
}

function tally(counted: readonly Counted[]): Tally {
  const total: Tally = { killed: 0, engine: 0, equivalent: 0, survived: 0 };
  for (const { column } of counted) total[column] += 1;
  return total;
}

function tallies(counted: Counted[], keyOf: (it: Counted) => string): Record<string, Tally> {
  const keys = [...new Set(counted.map(keyOf))].sort();
  return Object.fromEntries(keys.map((key) => [key, tally(counted.filter((it) => keyOf(it) === key))]));
}

function lawsOf(judged: readonly Judged[]): Record<string, number> {
  const laws: Record<string, number> = {};
  for (const { fate } of judged) {
    if (fate.kind === 'killed') laws[fate.law] = (laws[fate.law] ?? 0) + 1;
  }
  return laws;
}
