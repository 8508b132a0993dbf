import { availableParallelism } from 'node:os';
import { loadBundle } from '../policies/engine/bundle.ts';
import { diffImpact } from '../policies/workbench/impact/diff.ts';
import type { Examined } from '../policies/workbench/impact/impact.ts';
import { crowd } from './crowd.ts';

/** 1,000 companies × 20 members × 200 routes. */
const PLATFORM = { companies: 1000, members: 20, entities: 4 };
const TURNS = 3;

/** Seconds that a diff over such a platform may take on two cores. */
export const MOST_SECONDS = 10;

export interface ImpactTime extends Examined {
  /** Processors there are, and threads that were used. */
  cores: number;
  /** The quickest of all turns: what else runs on the machine only adds. */
  seconds: number;
  /** Members × routes that change. */
  changed: number;
}

/** Times a change of the price list, for which both sides are asked about everything. */
export async function timeImpact(): Promise<ImpactTime> {
  const policy = await loadBundle();
  const snapshot = crowd(PLATFORM);
  const catalog = { ...snapshot.catalog, addons: { ...snapshot.catalog.addons, ai: { modules: {} } } };
  const turns: ImpactTime[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    const start = performance.now();
    const { examined, groups } = await diffImpact(
      { policy, snapshot },
      { policy, snapshot: { ...snapshot, catalog } },
    );
    const seconds = (performance.now() - start) / 1000;
    const changed = groups.reduce((sum, { members, changes }) => sum + members.length * changes.length, 0);
    turns.push({ ...examined, cores: availableParallelism(), seconds, changed });
  }
  return turns.toSorted((a, b) => a.seconds - b.seconds)[0]!;
}

export function impactLine({
  companies,
  users,
  routes,
  cells,
  evaluations,
  changed,
  seconds,
  cores,
}: ImpactTime): string {
  const many = (count: number): string => count.toLocaleString('en');
  return (
    `policy diff: ${many(companies)} companies, ${many(users)} users, ${routes} routes: ${many(cells)} cells by ` +
    `${many(evaluations)} evaluations, ${many(changed)} changed, in ${seconds.toFixed(1)} s of at most ${MOST_SECONDS} on ${cores} cores`
  );
}
