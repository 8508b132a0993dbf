import { mkdirSync, writeFileSync } from 'node:fs';
import { projectFile } from '../../policies/root.ts';
import { Cluster } from '../../test/support/cluster.ts';
import type { Victims } from '../../test/support/faults.ts';
import { openFleet } from '../../test/support/fleet.ts';
import { startBackend } from '../backend.ts';
import { machine } from '../machine.ts';
import type { Cost } from '../side-by-side.ts';
import { costOfVersions, type VersionCost } from './cost.ts';
import { percentile, spread } from './figures.ts';
import { draw } from './graph.ts';
import { EVERY_MS, measureScenarios, type Measured, type Repeats } from './scenarios.ts';
import { measureCuts, serveSockets, type Cuts } from './sockets.ts';
import { BOUND_MS, soak, type Soaked } from './soak.ts';

interface Effort extends Repeats {
  cuts: number;
  requests: number;
}

const FULL: Effort = { healthy: 300, fault: 20, failover: 5, cuts: 60, requests: 1_000_000 };
const QUICK: Effort = { healthy: 40, fault: 3, failover: 1, cuts: 10, requests: 50_000 };
const MOST_CUT_MS = 1000;

const CLOCK = projectFile('test', 'support', 'clock-shift.js');
/** As `npm run gateway` runs it, with a clock that can be set. */
const BUILT = ['--max-semi-space-size=32', '--import', CLOCK, projectFile('dist', 'gateway', 'main.js')];

export interface RevocationResults {
  machine: Record<string, string>;
  at: string;
  quick: boolean;
  scenarios: Measured[];
  cuts: Cuts;
  soaked: Soaked;
  cost: VersionCost;
}

/** How long what was revoked still works, at three gateways on one PostgreSQL server; a full run draws the graph. */
export async function measureRevocation(quick: boolean, progress: (what: string) => void): Promise<Cost> {
  const effort = quick ? QUICK : FULL;
  const sockets = await serveSockets();
  const backend = await startBackend();
  const results = await withVictims(sockets.url, async (victims) => {
    progress('revocation: idle gateways');
    const cost = await costOfVersions(victims);
    progress('revocation: open WebSockets');
    const cuts = await measureCuts(victims, effort.cuts);
    return { cost, cuts, scenarios: await measureScenarios(victims, effort, progress) };
  });
  const soaked = await withVictims(backend.url, (victims) => soak(victims, effort.requests, progress));
  sockets.close();
  backend.stop();
  const all: RevocationResults = {
    machine: machine(),
    at: new Date().toISOString(),
    quick,
    ...results,
    soaked,
  };
  mkdirSync(projectFile('bench', 'results'), { recursive: true });
  writeFileSync(projectFile('bench', 'results', 'revocation.json'), `${JSON.stringify(all)}\n`);
  if (!quick) writeFileSync(projectFile('docs', 'revocation.svg'), draw(all));
  return { text: textOf(all), faults: faultsOf(all, effort) };
}

async function withVictims<T>(backend: string, work: (victims: Victims) => Promise<T>): Promise<T> {
  const cluster = await Cluster.open(['max_connections=60']);
  const fleet = await openFleet({ url: cluster.url, run: BUILT, backend });
  const victims: Victims = { cluster, fleet };
  try {
    return await work(victims);
  } finally {
    await fleet.close();
    victims.cluster.remove();
  }
}

function faultsOf({ scenarios, cuts, soaked }: RevocationResults, effort: Effort): string[] {
  const late = scenarios.flatMap(({ name, samples, share, mostMs }) => {
    const ms = percentile(samples, share);
    return ms > mostMs ? [`${name}: ${ms.toFixed(0)} ms, allowed ${mostMs}`] : [];
  });
  const cut = percentile(cuts.samples, 0.99);
  return [
    ...late,
    ...(cut > MOST_CUT_MS ? [`open WebSockets: p99 ${cut.toFixed(0)} ms, allowed ${MOST_CUT_MS}`] : []),
    ...(soaked.staleAllows > 0 ? [`${soaked.staleAllows} stale allows past the bound`] : []),
    ...(soaked.requests < effort.requests ? [`only ${soaked.requests} requests in the soak`] : []),
  ];
}

function textOf({ machine, quick, scenarios, cuts, soaked, cost }: RevocationResults): string {
  const about = Object.entries({ ...machine, ...(quick && { quick: 'fewer, so rougher' }) });
  const many = (count: number) => count.toLocaleString('en');
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .map(([name, count]) => `${name}: ${many(count)}`)
      .join(' · ');
  return [
    about.map(([name, value]) => `${name}: ${value}`).join(' · '),
    '',
    `| ms from the commit to the last 2xx at three gateways, ± ${EVERY_MS} | p50 | p90 | p99 | max | allowed | times | refused with |`,
    '|---|--:|--:|--:|--:|--:|--:|---|',
    ...scenarios.map(
      ({ name, samples, mostMs, refusals }) =>
        `| ${name} | ${spread(samples).join(' | ')} | ${many(mostMs)} | ${samples.length} | ${refusals.join(', ')} |`,
    ),
    `| open WebSockets: commit to cut | ${spread(cuts.samples).join(' | ')} | ${many(MOST_CUT_MS)} | ${cuts.samples.length} | ${Object.keys(cuts.goodbyes).join(', ')} |`,
    '',
    `Soak: ${many(soaked.requests)} requests in ${soaked.seconds.toFixed(0)} s, ${many(soaked.revocations)} revocations; ` +
      `stale allows past ${many(BOUND_MS)} ms: ${soaked.staleAllows}; the latest allowed was sent ${soaked.latestMs.toFixed(0)} ms after a commit.`,
    `By status: ${list(soaked.statuses)}. Faults: ${list(soaked.faults)}.`,
    '',
    `Cost: a remembered access that is proven current ${cost.provenMicros.toFixed(3)} µs, the same look-up without proof ` +
      `${cost.plainMicros.toFixed(3)} µs; an idle gateway uses ${cost.idleMsPerSecond.toFixed(1)} ms of processor per second.`,
  ].join('\n');
}
