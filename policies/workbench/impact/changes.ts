import type { CatalogData } from '../../contract.ts';
import type { Change, Impact } from './impact.ts';
import { effectOf, type Effect } from './verdict.ts';

/** The same change of one route, with everybody it concerns. */
export interface RouteChange extends Change {
  effect: Effect;
  /** Of the route, `null` where it belongs to none. */
  module: string | null;
  permission: string | null;
  /** Indices into `Impact.members`. */
  members: number[];
  /** It also concerns whoever is a member of nothing. */
  anyone: boolean;
}

/** By route and verdicts, sorted. @param catalogs those of both sides: a route may stand in one alone */
export function changesIn(impact: Impact, ...catalogs: CatalogData[]): RouteChange[] {
  const found = new Map<string, RouteChange>();
  const routes = Object.assign({}, ...catalogs.map((catalog) => catalog.routes)) as CatalogData['routes'];
  const changeOf = (change: Change): RouteChange => {
    const key = `${change.route} ${change.from} ${change.to}`;
    let known = found.get(key);
    if (known) return known;
    const { module = null, permission = null } = routes[change.route]!;
    known = { ...change, effect: effectOf(change), module, permission, members: [], anyone: false };
    found.set(key, known);
    return known;
  };
  for (const { members, changes } of impact.groups) {
    for (const change of changes) {
      const known = changeOf(change).members;
      for (const member of members) known.push(member);
    }
  }
  for (const change of impact.anyone) changeOf(change).anyone = true;
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, change]) => change);
}
