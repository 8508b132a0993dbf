import type { CatalogData } from '../../contract.ts';

/** What a gateway tells policy of a person at a route: the facts of a module, no company at all, or not even a token. */
export type Seat = { module: string } | 'token' | 'public' | 'absent';

/** Routes at which the same facts are told, before and after. */
export interface RouteGroup {
  before: Seat;
  after: Seat;
  routes: string[];
}

/** Every route of both catalogs, by what is told at it. */
export function routeGroups(before: CatalogData, after: CatalogData): RouteGroup[] {
  const ids = [...new Set([...Object.keys(before.routes), ...Object.keys(after.routes)])].sort();
  const groups = new Map<string, RouteGroup>();
  for (const id of ids) {
    const seats = { before: seatOf(before, id), after: seatOf(after, id) };
    const key = JSON.stringify(seats);
    const known = groups.get(key);
    if (known) known.routes.push(id);
    else groups.set(key, { ...seats, routes: [id] });
  }
  return [...groups.values()];
}

/** Whether it matters there who asks. */
export function isPersonal({ before, after }: RouteGroup): boolean {
  return typeof before === 'object' || typeof after === 'object';
}

function seatOf({ routes }: CatalogData, id: string): Seat {
  const route = Object.hasOwn(routes, id) ? routes[id] : undefined;
  if (!route) return 'absent';
  if (route.access === 'public') return 'public';
  return route.access === 'module' && route.module !== undefined ? { module: route.module } : 'token';
}
