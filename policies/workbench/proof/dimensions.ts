/** What the sweeps walk along. */
import type { AccessFacts, CatalogData } from '../../contract.ts';
import { addonRow, basePackages, packageRow, sellersOf, together, type Bought } from './companies.ts';
import { MEMBER, everythingBut, type Grants } from './people.ts';
import { ACTIVE } from './periods.ts';

/** `quick`: representatives in which most faults show; `all`: what the dependency argument needs. */
export type Size = 'quick' | 'all';

/** Every combination of one item of each list, the last list running fastest. */
export function* product<T extends unknown[]>(...lists: { [K in keyof T]: readonly T[K][] }): Generator<T> {
  const [first, ...rest] = lists as unknown[][];
  if (first === undefined) {
    yield [] as unknown as T;
    return;
  }
  for (const item of first) {
    for (const others of product(...rest)) yield [item, ...others] as T;
  }
}

export function accessOf(bought: Bought, grants: Grants, membership = MEMBER): AccessFacts {
  return { membership, ...bought, ...grants };
}

export function everything(catalog: CatalogData): Grants {
  return everythingBut(catalog, null);
}

/** A company on the first base that has every add-on and grants everything. */
export function richest(catalog: CatalogData, membership: AccessFacts['membership']): AccessFacts {
  const bases = basePackages(catalog).slice(0, 1);
  const addons = Object.keys(catalog.addons).map((name) => addonRow(name, ACTIVE));
  const bought = together(...bases.map((name) => packageRow(name, ACTIVE)), ...addons);
  return accessOf(bought, everything(catalog), membership);
}

/** Companies in which the module can be used: each base, with everything that sells the module. */
export function fitting(catalog: CatalogData, module: string): Bought[] {
  const sold = sellersOf(catalog, module).map((seller) => seller(ACTIVE));
  return basePackages(catalog).map((name) => together(packageRow(name, ACTIVE), ...sold));
}

/** Every module with routes of its own, and none where routes belong to nobody. */
export function subjects(catalog: CatalogData): (string | null)[] {
  return [...Object.keys(catalog.modules), null].filter((module) => routesOf(catalog, module).length > 0);
}

export function routesOf({ routes }: CatalogData, module: string | null): string[] {
  const known = Object.keys(routes);
  return known.filter((id) => (routes[id]!.module ?? null) === module && routes[id]!.access === 'module');
}

/** One route of each kind: who may enter, whose it is, what is read, and whether it reads. */
export function routeKinds({ routes }: CatalogData): string[] {
  const kinds = new Map<string, string>();
  for (const [id, { access, module, entity, method }] of Object.entries(routes)) {
    const kind = `${access} ${module} ${entity} ${method === 'GET'}`;
    if (!kinds.has(kind)) kinds.set(kind, id);
  }
  return [...kinds.values()];
}

/** One route for each way in which a call of this module can differ from another. */
export function callKinds({ routes, modules, entities, reads }: CatalogData, caller: string): string[] {
  const kinds = new Map<string, string>();
  for (const [id, { access, module = '', entity = '', method }] of Object.entries(routes)) {
    const owned = entities[entity];
    const declared = reads[caller]?.[entity];
    const whose = `${module === caller} ${modules[module]?.type} ${owned?.module === module}`;
    const kind = `${access} ${method === 'GET'} ${whose} ${owned?.shared} ${declared}`;
    if (!kinds.has(kind)) kinds.set(kind, id);
  }
  return [...kinds.values()];
}

/** The first few in a quick proof. */
export function some<T>(list: T[], size: Size, count: number): T[] {
  return size === 'all' ? list : list.slice(0, count);
}

export function ends<T>(list: T[]): T[] {
  return [list[0]!, list.at(-1)!];
}
