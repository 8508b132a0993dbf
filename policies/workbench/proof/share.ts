/** The part of a proof that one thread does: every n-th block of every sweep. */
import { cellsIn, type Block } from './block.ts';
import { examineCapabilities } from './capabilities.ts';
import { examineChanges } from './changes.ts';
import { createCourt, type Counterexample, type Examined, type Subject } from './court.ts';
import type { Size } from './dimensions.ts';
import { examineEffective } from './effective.ts';
import { examineRequests } from './requests.ts';
import { examineSpecials } from './specials.ts';
import { blocksOf } from './sweeps.ts';

export interface Share {
  subjects: Subject[];
  size: Size;
  stopAtFirst: boolean;
  only: readonly string[] | undefined;
  /** This thread's number, of how many. */
  turn: number;
  of: number;
}

const BETWEEN_REPORTS = 20_000;

export function examineShare(share: Share, onProgress: (cells: number) => void): Examined {
  const parts = share.subjects.map((subject) => {
    const court = createCourt(subject);
    let done = 0;
    if (share.turn === 0 && (share.only?.includes('specials') ?? true)) examineSpecials(court, share.size);
    for (const block of sharedOut(share, subject)) {
      examineRequests(court, block);
      examineEffective(court, block);
      examineCapabilities(court, block);
      examineChanges(court, block);
      done += cellsIn(block);
      if (done >= BETWEEN_REPORTS) {
        onProgress(done);
        done = 0;
      }
      if (share.stopAtFirst && court.isBroken()) break;
    }
    onProgress(done);
    return court.examined();
  });
  return merge(parts);
}

function* sharedOut({ size, turn, of, only }: Share, { declared }: Subject): Generator<Block> {
  let index = 0;
  for (const block of blocksOf(declared, size, only)) {
    if (index % of === turn) yield block;
    index += 1;
  }
}

export function merge(parts: Examined[]): Examined {
  const firsts = new Map<string, Counterexample>();
  for (const it of parts.flatMap(({ counterexamples }) => counterexamples)) {
    if (!firsts.has(it.law)) firsts.set(it.law, it);
  }
  return {
    cells: sum(parts.map(({ cells }) => cells)),
    questions: sum(parts.map(({ questions }) => questions)),
    distinct: sum(parts.map(({ distinct }) => distinct)),
    applied: added(parts.map(({ applied }) => applied)),
    broken: added(parts.map(({ broken }) => broken)),
    counterexamples: [...firsts.values()],
  };
}

function added(counts: Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const [law, cells] of counts.flatMap((it) => Object.entries(it))) {
    total[law] = (total[law] ?? 0) + cells;
  }
  return total;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
