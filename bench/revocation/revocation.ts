import { mkdirSync, writeFileSync } from 'node:fs';
import { projectFile } from '../../policies/root.ts';
import { Cluster } from '../../test/support/cluster.ts';
import type { Victims } from '../../test/support/faults.ts';
import { openFleet } from '../../test/support/fleet.ts';
import { startBackend } from '../backend.ts';
import { machine } from '../machine.ts';
import type { Cost } from '../side-by-side.ts';
import { costOfVersions, type VersionCost } from './cost.ts';
import { percentile } from './figures.ts';
import { publish, reportOf } from './report.ts';
import { measureScenarios, type Measured, type Repeats } from './scenarios.ts';
import { measureCuts, MOST_CUT_MS, serveSockets, type Cuts } from './sockets.ts';
import { soak, type Soaked } from './soak.ts';

interface Effort extends Repeats {
  cuts: number;
  requests: number;
}

const FULL: Effort = { healthy: 300, fault: 20, failover: 5, cuts: 60, requests: 1_000_000 };
const QUICK: Effort = { healthy: 40, fault: 3, failover: 1, cuts: 10, requests: 50_000 };

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

/** How long what was revoked still works, at three gateways on one PostgreSQL server; a full run is published. */
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
  // Here no process is kept on a core.
  const { node, cpu } = machine();
  const all: RevocationResults = {
    machine: { node: node!, cpu: cpu! },
    at: new Date().toISOString(),
    quick,
    ...results,
    soaked,
  };
  mkdirSync(projectFile('bench', 'results'), { recursive: true });
  writeFileSync(projectFile('bench', 'results', 'revocation.json'), `${JSON.stringify(all)}\n`);
  if (!quick) publish(all);
  return { text: reportOf(all), faults: faultsOf(all, effort) };
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
