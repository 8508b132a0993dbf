/** A platform of any size, the same for the same seed: what is sold, who bought it, and who may do what. */
import type { CatalogData, MembershipStatus, PeriodFacts } from '../policies/contract.ts';
import {
  SNAPSHOT_SCHEMA,
  type AccessSnapshot,
  type SnapshotCompany,
  type SnapshotMember,
} from '../policies/workbench/impact/snapshot.ts';

export interface CrowdSize {
  companies: number;
  /** In each company. */
  members: number;
  /** Entities of each of the ten modules; each has five routes and four permissions. */
  entities: number;
}

const BASES = ['promoter', 'artist', 'vendor', 'venue'];
const ADDONS = ['finance', 'ai', 'touring', 'market', 'ticketing', 'crew'];
const ACTIONS = ['view', 'create', 'update', 'delete'];
const ROUTES: [name: string, method: string, action: string][] = [
  ['list', 'GET', 'view'],
  ['get', 'GET', 'view'],
  ['create', 'POST', 'create'],
  ['update', 'PATCH', 'update'],
  ['delete', 'DELETE', 'delete'],
];

const PERIODS: [share: number, period: PeriodFacts][] = [
  [80, { status: 'active', started: true, ended: false }],
  [5, { status: 'trial', started: true, ended: false }],
  [4, { status: 'past_due', started: true, ended: false }],
  [4, { status: 'cancelled', started: true, ended: true }],
  [5, { status: 'expired', started: true, ended: true }],
  [2, { status: 'active', started: false, ended: false }],
];
const STATUSES: [share: number, status: MembershipStatus][] = [
  [92, 'active'],
  [5, 'invited'],
  [3, 'suspended'],
];

/** Companies × members × routes cells. Roles as companies use them, and some grants made by hand. */
export function crowd({ companies, members, entities }: CrowdSize, seed = 1): AccessSnapshot {
  const random = randomNumbers(seed);
  const catalog = catalogOf(entities);
  return {
    schema: SNAPSHOT_SCHEMA,
    takenAt: '2026-01-01T00:00:00.000Z',
    catalogVersion: 1,
    catalog,
    companies: Array.from({ length: companies }, (_, index) => companyOf(index, members, catalog, random)),
  };
}

function catalogOf(entities: number): CatalogData {
  const modules = [...BASES, ...ADDONS];
  const owned = modules.flatMap((module) =>
    Array.from({ length: entities }, (_, index) => ({ module, entity: `thing${index}` })),
  );
  return {
    modules: record(modules, (key) => [key, { type: BASES.includes(key) ? 'base' : 'addon' }]),
    packages: record(BASES, (key) => [`basic_${key}`, { modules: { [key]: true } }]),
    addons: record(ADDONS, (key) => [
      key,
      { modules: { [key]: true }, ...(key === 'market' ? { bases: { promoter: true, venue: true } } : {}) },
    ]),
    permissions: Object.fromEntries(
      owned.flatMap(({ module, entity }) =>
        ACTIONS.map((action) => [`${module}.${entity}.${action}`, { module }]),
      ),
    ),
    routes: Object.fromEntries(
      owned.flatMap(({ module, entity }) =>
        ROUTES.map(([name, method, action]) => [
          `${module}.${entity}.${name}`,
          {
            access: 'module',
            method,
            module,
            permission: `${module}.${entity}.${action}`,
            entity: `${module}.${entity}`,
          },
        ]),
      ),
    ),
    entities: record(owned, ({ module, entity }) => [
      `${module}.${entity}`,
      { module, shared: BASES.includes(module) },
    ]),
    reads: { finance: { 'promoter.thing0': true } },
  };
}

function companyOf(index: number, members: number, catalog: CatalogData, random: Random): SnapshotCompany {
  const base = BASES[random.below(BASES.length)]!;
  const addons = random.shuffled(ADDONS).filter(() => random.below(2) === 0);
  return {
    id: `company-${index}`,
    name: `Company ${index}`,
    subscriptions: [{ package: `basic_${base}`, ...random.share(PERIODS) }],
    addons: addons.map((addon) => ({ addon, ...random.share(PERIODS) })),
    members: Array.from({ length: members }, (_, number) =>
      memberOf(index * members + number, number / members, [base, ...addons], catalog, random),
    ),
  };
}

/** The first tenth are admins, then managers, then viewers; the last tenth have what somebody clicked together. */
function memberOf(
  id: number,
  rank: number,
  bought: string[],
  catalog: CatalogData,
  random: Random,
): SnapshotMember {
  const all = Object.keys(catalog.permissions);
  const inBought = all.filter((key) => bought.includes(catalog.permissions[key]!.module));
  const role = rank < 0.1 ? 'ADMIN' : 'MEMBER';
  const permissions =
    rank < 0.1
      ? all
      : rank < 0.4
        ? inBought.filter((key) => !key.endsWith('.delete'))
        : rank < 0.9
          ? inBought.filter((key) => key.endsWith('.view'))
          : inBought.filter(() => random.below(3) === 0);
  return {
    id: `user-${id}`,
    name: `User ${id}`,
    role,
    status: random.share(STATUSES),
    modules: rank < 0.1 ? Object.keys(catalog.modules) : bought,
    permissions,
  };
}

interface Random {
  /** 0 ≤ number < limit */
  below(limit: number): number;
  share<T>(shares: [number, T][]): T;
  shuffled<T>(items: readonly T[]): T[];
}

/** Mulberry32. */
function randomNumbers(seed: number): Random {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    share(shares) {
      let left = below(shares.reduce((total, [share]) => total + share, 0));
      return shares.find(([share]) => (left -= share) < 0)![1];
    },
    shuffled(items) {
      const order = items.map((item) => ({ item, at: next() }));
      return order.sort((a, b) => a.at - b.at).map(({ item }) => item);
    },
  };
}

function record<Item, Value>(
  items: readonly Item[],
  entry: (item: Item) => [string, Value],
): Record<string, Value> {
  return Object.fromEntries(items.map(entry));
}
