import type { Cluster } from '../../test/support/cluster.ts';
import {
  CLOCK_SET,
  exhausted,
  FAILED_OVER,
  HALF_OPEN,
  HEALTHY,
  NOTIFICATION_LOST,
  PAUSED,
  PAUSED_BRIEFLY,
  RESTARTED,
  SLOW,
  TOO_SLOW,
  type Fault,
  type Victims,
} from '../../test/support/faults.ts';
import { requestOf, revokeUnder } from '../../test/support/revocation.ts';
import { Stream } from '../../test/support/stream.ts';
import type { Samples } from './figures.ts';

/** One request at each gateway so often: what is measured is no finer than that. */
export const EVERY_MS = 4;

export interface Scenario {
  name: string;
  /** What is done, and what a gateway notices of it. */
  about: string;
  fault: Fault;
  /** Most that the issue allows, in ms. */
  mostMs: number;
  /** What that bounds: the share of the samples. */
  share: number;
}

const FAULT = { mostMs: 2000, share: 1 };

export const SCENARIOS: Scenario[] = [
  { name: 'healthy', about: 'nothing goes wrong', fault: HEALTHY, mostMs: 250, share: 0.99 },
  {
    name: 'notifications lost',
    about: 'the trigger that notifies is off; the next poll hears of it',
    fault: NOTIFICATION_LOST,
    ...FAULT,
  },
  {
    name: "listeners' TCP half-open",
    about:
      'the connection stays open and says nothing; a poll hears of it, and a notification to oneself that does not come back makes the gateway distrust what it holds and connect anew',
    fault: HALF_OPEN,
    ...FAULT,
  },
  {
    name: 'a clock set by hours',
    about:
      "one gateway's wall clock jumps an hour ahead, then two back, then right; clocks that part drop everything held",
    fault: CLOCK_SET,
    ...FAULT,
  },
  {
    name: 'a gateway paused for 0.7 s',
    about:
      'one process is stopped (SIGSTOP) around the commit, its socket takes requests meanwhile; less than the bound, so it may use what it holds until it hears',
    fault: PAUSED_BRIEFLY,
    ...FAULT,
  },
  {
    name: 'a gateway paused for 1.5 s',
    about: 'the same for longer than the bound: nothing held is used when it goes on',
    fault: PAUSED,
    ...FAULT,
  },
  {
    name: 'database answers 300 ms late',
    about: 'every answer, notifications too; each poll proves what was true when it began',
    fault: SLOW,
    ...FAULT,
  },
  {
    name: 'database answers 1.5 s late',
    about: 'later than a gateway waits for it (`DB_TIMEOUT_MS`); past the bound everything is a 503',
    fault: TOO_SLOW,
    ...FAULT,
  },
  {
    name: 'connections exhausted',
    about:
      'other clients take every connection, the gateways lose theirs: the lost listener is noticed at once, so nothing held is used',
    fault: exhausted(),
    ...FAULT,
  },
  {
    name: 'database killed, restarted',
    about:
      'the gateways are cut off before the commit, the server is killed after it and is away for 1.5 s; past the bound everything is a 503',
    fault: RESTARTED,
    ...FAULT,
  },
  {
    name: 'failover to the standby',
    about: 'the same, and the synchronous standby is promoted: another timeline drops everything held',
    fault: FAILED_OVER,
    ...FAULT,
  },
];

export interface Measured {
  name: string;
  mostMs: number;
  share: number;
  /** By revocation: ms from its acknowledged commit to the last 2xx at any of the gateways. */
  samples: Samples;
  /** Statuses other than 2xx that were seen after a commit. */
  refusals: number[];
}

export interface Repeats {
  healthy: number;
  fault: number;
  failover: number;
}

/** Each scenario so many times, one after another, on the same three gateways. */
export async function measureScenarios(
  victims: Victims,
  repeats: Repeats,
  progress: (what: string) => void,
): Promise<Measured[]> {
  const urls = victims.fleet.members.map(({ url }) => url);
  const stream = new Stream({ ...(await requestOf(victims)), urls, everyMs: EVERY_MS });
  const measured: Measured[] = [];
  try {
    for (const scenario of SCENARIOS) {
      progress(`revocation: ${scenario.name}`);
      measured.push(await measure(scenario, victims, stream, repeats));
    }
  } finally {
    await stream.stop();
  }
  return measured;
}

async function measure(
  { name, fault, mostMs, share }: Scenario,
  victims: Victims,
  stream: Stream,
  repeats: Repeats,
): Promise<Measured> {
  const isFailover = fault === FAILED_OVER;
  const times = fault === HEALTHY ? repeats.healthy : isFailover ? repeats.failover : repeats.fault;
  const samples: Samples = [];
  const refusals = new Set<number>();
  for (let time = 0; time < times; time += 1) {
    const before = victims.cluster;
    if (isFailover) victims.standby = await victims.cluster.openStandby();
    const seen = await revokeUnder(fault, victims, stream);
    if (isFailover) (before satisfies Cluster).remove();
    samples.push(Math.max(...seen.lastAllowMs));
    seen.refusals.forEach((status) => refusals.add(status));
  }
  return { name, mostMs, share, samples, refusals: [...refusals].sort() };
}
