import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Job } from './contestants/job.ts';
import { duel, type Contestant, type Effort, type Round } from './duel.ts';
import { medianOf } from './results.ts';

/** The request line alone: what the others are held against. */
const YARDSTICK: Contestant = { name: 'the request line alone', file: 'gateway.js' };
/** Least throughput of the decision log beside the request line, and of the same code again, against the yardstick. */
const LEAST = 0.95;

export interface DecisionLogCost {
  text: string;
  faults: string[];
}

/** The gateway with its decision log on a real file, signed, against the gateway without one, at the same time. */
export async function costOfDecisionLog(
  job: Job,
  request: Parameters<typeof duel>[2],
  effort: Effort & { rounds: number },
  progress: (what: string) => void,
): Promise<DecisionLogCost> {
  const folder = mkdtempSync(join(tmpdir(), 'kisum-bench-'));
  const { privateKey } = generateKeyPairSync('ed25519');
  const logging = {
    DECISION_LOG_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    DECISION_LOG_KEEP: '2',
  };
  const withLog = (name: string, file: string, env: Record<string, string> = {}): Contestant => ({
    name,
    file: 'gateway.js',
    env: { ...logging, DECISION_LOG: join(folder, file), ...env },
  });
  const beside = withLog('the decision log beside it', 'beside');
  const instead = withLog('the decision log instead of it', 'instead', { REQUEST_LOG: 'off' });
  const all = [{ ...YARDSTICK, name: 'the same again' }, beside, instead].map((contestant) => ({
    contestant,
    rounds: [] as Round[],
  }));
  try {
    for (let round = 1; round <= effort.rounds; round += 1) {
      for (const { contestant, rounds } of all) {
        progress(`round ${round} of ${effort.rounds}: ${contestant.name}`);
        rounds.push(await duel(contestant, job, request, effort, YARDSTICK));
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const ratio = medianOf(all[1]!.rounds, 'throughput');
  return {
    text: [
      `| against ${YARDSTICK.name} | × side by side | (min–max) | × per CPU | CPU µs/request |`,
      '|---|--:|--:|--:|--:|',
      ...all.map(({ contestant, rounds }) => row(contestant.name, rounds)),
    ].join('\n'),
    faults: ratio >= LEAST ? [] : [`${beside.name}: ${ratio.toFixed(3)} of the throughput, not ${LEAST}`],
  };
}

function row(name: string, rounds: Round[]): string {
  const throughputs = rounds.map(({ throughput }) => throughput);
  const range = `${Math.min(...throughputs).toFixed(2)}–${Math.max(...throughputs).toFixed(2)}`;
  const cpus = `${medianOf(rounds, 'cpu').toFixed(1)} against ${medianOf(rounds, 'bareCpu').toFixed(1)}`;
  const ratios = (['throughput', 'thrift'] as const).map((figure) => medianOf(rounds, figure).toFixed(3));
  return `| ${name} | ${ratios[0]} | ${range} | ${ratios[1]} | ${cpus} |`;
}
