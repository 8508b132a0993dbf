import { ChangeFeed } from '../../gateway/access/feed.ts';
import { FactCache } from '../../gateway/access/fact-cache.ts';
import { createLog } from '../../gateway/log.ts';
import { openDatabase } from '../../platform/database/database.ts';
import type { Victims } from '../../test/support/faults.ts';
import { cpuMicros } from '../machine.ts';
import { timeAll } from '../stopwatch.ts';

const IDLE_MS = 10_000;

export interface VersionCost {
  /** µs of a look-up that proves it is current, and of the same one that does not. */
  provenMicros: number;
  plainMicros: number;
  /** Processor time of one gateway that serves nobody, in ms per second: polls, heartbeats and all else. */
  idleMsPerSecond: number;
}

/** What it costs that nothing stale is used: on every request, and all the time. */
export async function costOfVersions({ cluster, fleet }: Victims): Promise<VersionCost> {
  const idleMsPerSecond = await idle(fleet.members.map(({ pid }) => pid));
  const db = await openDatabase({ url: cluster.url });
  const feed = new ChangeFeed({ db, maxStalenessMs: 60_000, log: createLog('silent').log });
  await feed.start();
  const cacheOf = (proof: { proven: boolean }) =>
    new FactCache({ max: 10, proof, read: () => Promise.resolve({ changesAt: Infinity }) });
  const [proven, plain] = [cacheOf(feed), cacheOf({ proven: true })];
  for (const cache of [proven, plain]) await cache.get('known');
  const micros = await timeAll([
    { name: 'proven', run: () => proven.get('known'), calls: 500_000 },
    { name: 'plain', run: () => plain.get('known'), calls: 500_000 },
  ]);
  feed.stop();
  await db.destroy();
  return { provenMicros: micros['proven']!, plainMicros: micros['plain']!, idleMsPerSecond };
}

async function idle(pids: number[]): Promise<number> {
  const total = () => pids.reduce((sum, pid) => sum + cpuMicros(pid), 0);
  const before = total();
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  return (total() - before) / pids.length / IDLE_MS;
}
