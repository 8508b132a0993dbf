import { median } from './stopwatch.ts';
import type { Round } from './duel.ts';
import type { Memory } from './memory.ts';
import type { Scale } from './scale.ts';
import type { Stages } from './stages.ts';

export interface Results {
  machine: Record<string, string>;
  quick: boolean;
  contestants: { name: string; rounds: Round[] }[];
  /** Rounds that say nothing, and why. */
  discarded: string[];
  stages: Stages;
  scale: Scale;
  memory: Memory;
}

export const medianOf = (rounds: Round[], figure: keyof Round) =>
  median(rounds.map((round) => round[figure]));

/** The gateway's own steps, each in processor time. */
export function stagesTables({ path, rare }: Stages): string {
  const total = Object.values(path).reduce((sum, micros) => sum + micros, 0);
  return [
    table(
      ['step of a remembered request', 'µs', 'share'],
      [
        ...Object.entries(path).map(([name, micros]) => [name, micros.toFixed(2), percent(micros / total)]),
        ['all', total.toFixed(1), '100 %'],
      ],
    ),
    table(
      ['one operation', 'µs'],
      Object.entries(rare).map(([name, micros]) => [name, micros.toFixed(2)]),
    ),
  ].join('\n\n');
}

export function markdown({ machine, quick, contestants, discarded, stages, scale, memory }: Results): string {
  const about = Object.entries({ ...machine, ...(quick && { quick: 'shorter, so noisier' }) });
  return [
    about.map(([name, value]) => `${name}: ${value}`).join(' · '),
    table(
      [
        'against bare',
        '× per CPU',
        '(min–max)',
        '× side by side',
        '(min–max)',
        'CPU µs/request',
        'RSS MiB',
        'rounds',
      ],
      contestants.map(({ name, rounds }) => [
        name,
        ...ratio(rounds, 'thrift'),
        ...ratio(rounds, 'throughput'),
        medianOf(rounds, 'cpu').toFixed(0),
        medianOf(rounds, 'rss').toFixed(0),
        String(rounds.length),
      ]),
    ),
    stagesTables(stages),
    table(
      ['by size', 'µs'],
      Object.entries(scale).map(([name, sizes]) => [
        name,
        Object.entries(sizes)
          .map(([size, micros]) => `${size}: ${micros.toFixed(2)}`)
          .join(' · '),
      ]),
    ),
    table(
      [`memory over ${memory.requests} requests`, 'heap MiB', 'RSS MiB'],
      [
        ['after warm-up', memory.warm.heap.toFixed(1), memory.warm.rss.toFixed(0)],
        ['at the end', memory.end.heap.toFixed(1), memory.end.rss.toFixed(0)],
      ],
    ),
    discarded.length === 0
      ? 'Discarded rounds: none.'
      : `Discarded rounds:\n${discarded.map((it) => `- ${it}`).join('\n')}`,
  ].join('\n\n');
}

function ratio(rounds: Round[], figure: keyof Round): string[] {
  const values = rounds.map((round) => round[figure]);
  return [
    medianOf(rounds, figure).toFixed(2),
    `${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)}`,
  ];
}

const percent = (share: number) => `${Math.round(share * 100)} %`;

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}
