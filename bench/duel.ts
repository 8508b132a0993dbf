import { startChild } from './child.ts';
import type { Job, Ready } from './contestants/job.ts';
import { load } from './load.ts';
import { cpuMicros, rssMiB } from './machine.ts';

export interface Contestant {
  name: string;
  /** Of `contestants/`. */
  file: string;
  evaluated?: boolean;
  /** Over the demo's. */
  env?: Record<string, string>;
}

export interface Effort {
  warmUpSeconds: number;
  seconds: number;
}

/** One round of one contestant against bare, or another yardstick, side by side on one core. */
export interface Round {
  /** Answers of the contestant for each of bare's. */
  throughput: number;
  /**
   * Processor time of bare per request over the contestant's: the figure that counts. Side by side, a process with
   * busy threads gets more than half of the core, which throughput does not show.
   */
  thrift: number;
  /** Processor time per request, µs. */
  cpu: number;
  bareCpu: number;
  /** MiB. */
  rss: number;
}

const BARE: Contestant = { name: 'bare', file: 'bare.js' };

/** Both in fresh processes at the same time, so that whatever disturbs one disturbs the other. */
export async function duel(
  contestant: Contestant,
  job: Job,
  request: { path: string; headers: Record<string, string> },
  { warmUpSeconds, seconds }: Effort,
  yardstick = BARE,
): Promise<Round> {
  const pair = await Promise.all([start(yardstick, job), start(contestant, job)]);
  const both = <T>(work: (one: Running) => Promise<T>) => Promise.all(pair.map(work)) as Promise<[T, T]>;
  const run = (one: Running, duration: number) =>
    load({ url: one.url + request.path, headers: request.headers, seconds: duration });
  try {
    await both((one) => run(one, warmUpSeconds));
    const [bare, other] = await both(async (one) => {
      const before = cpuMicros(one.pid);
      const { requests } = await run(one, seconds);
      return { requests, cpu: (cpuMicros(one.pid) - before) / requests };
    });
    return {
      throughput: other.requests / bare.requests,
      thrift: bare.cpu / other.cpu,
      cpu: other.cpu,
      bareCpu: bare.cpu,
      rss: rssMiB(pair[1].pid),
    };
  } finally {
    await both((one) => one.stop());
  }
}

interface Running {
  url: string;
  pid: number;
  stop: () => Promise<void>;
}

async function start({ file, evaluated, env }: Contestant, job: Job): Promise<Running> {
  const { child, answer } = await startChild<Ready>(`contestants/${file}`, { ...job, evaluated, env });
  return { url: answer.url, pid: child.pid, stop: () => child.stop() };
}
