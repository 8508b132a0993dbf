import type { Job } from './contestants/job.ts';
import { duel, type Contestant, type Effort, type Round } from './duel.ts';
import { medianOf } from './results.ts';

export interface Trial {
  job: Job;
  request: Parameters<typeof duel>[2];
  effort: Effort & { rounds: number };
  progress: (what: string) => void;
}

export interface Comparison {
  /** A table for people. */
  text: string;
  /** Median throughput against the yardstick, by contestant. */
  throughput: Record<string, number>;
}

/** What a trial found, and what of it is outside its bounds. */
export interface Cost {
  text: string;
  faults: string[];
}

/** Each contestant, and the yardstick again, against the yardstick at the same time on the same core. */
export async function sideBySide(
  yardstick: Contestant,
  contestants: Contestant[],
  { job, request, effort, progress }: Trial,
): Promise<Comparison> {
  const all = [{ ...yardstick, name: 'the same again' }, ...contestants].map((contestant) => ({
    contestant,
    rounds: [] as Round[],
  }));
  for (let round = 1; round <= effort.rounds; round += 1) {
    for (const { contestant, rounds } of all) {
      progress(`round ${round} of ${effort.rounds}: ${contestant.name}`);
      rounds.push(await duel(contestant, job, request, effort, yardstick));
    }
  }
  return {
    text: [
      `| against ${yardstick.name} | × side by side | (min–max) | × per CPU | CPU µs/request |`,
      '|---|--:|--:|--:|--:|',
      ...all.map(({ contestant, rounds }) => row(contestant.name, rounds)),
    ].join('\n'),
    throughput: Object.fromEntries(
      all.map(({ contestant, rounds }) => [contestant.name, medianOf(rounds, 'throughput')]),
    ),
  };
}

function row(name: string, rounds: Round[]): string {
  const throughputs = rounds.map(({ throughput }) => throughput);
  const range = `${Math.min(...throughputs).toFixed(2)}–${Math.max(...throughputs).toFixed(2)}`;
  const cpus = `${medianOf(rounds, 'cpu').toFixed(1)} against ${medianOf(rounds, 'bareCpu').toFixed(1)}`;
  const ratios = (['throughput', 'thrift'] as const).map((figure) => medianOf(rounds, figure).toFixed(3));
  return `| ${name} | ${ratios[0]} | ${range} | ${ratios[1]} | ${cpus} |`;
}
