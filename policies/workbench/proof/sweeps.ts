/**
 * The domain, in sweeps. Each walks some dimensions in full while the others stand in representatives; together they
 * are what the dependency argument needs (docs/decisions/what-proved-means.md).
 */
import type { AccessFacts, CatalogData } from '../../contract.ts';
import type { Block } from './block.ts';
import {
  NOTHING,
  addonRow,
  baseChoices,
  basePackages,
  ownChoices,
  packageRow,
  sellersOf,
  together,
  type Bought,
} from './companies.ts';
import {
  MEMBER,
  MEMBERSHIPS,
  METHODS,
  ROLES,
  callersFor,
  callingModules,
  everythingBut,
  grantChoices,
  permissionsOf,
  type Grants,
} from './people.ts';
import { ACTIVE, IDLE, OVER, PERIODS } from './periods.ts';

export type Size = 'quick' | 'all';

type Sweep = (catalog: CatalogData, size: Size) => Generator<Block>;

/** Name → its blocks, in the order in which faults show soonest. */
export const SWEEPS: Record<string, Sweep> = {
  doors,
  routes,
  permissions,
  memberships,
  calls,
  callers,
  roles,
  periods,
  'foreign products': foreignProducts,
  'foreign periods': foreignPeriods,
  'two rows of an add-on': addonRows,
  'two subscriptions': subscriptionRows,
};

const PERSON = [null];

/** Routes that belong to no module, and whoever has no token or no company. */
function* doors(catalog: CatalogData): Generator<Block> {
  const everyRoute = [null, 'unheard.of.get', ...Object.keys(catalog.routes)];
  const callers = [null, ...callingModules(catalog).flatMap((module) => callersFor(module, ['GET'], [true]))];
  for (const token of [false, true]) {
    for (const access of [null, ...MEMBERSHIPS.map((membership) => richest(catalog, membership))]) {
      yield { sweep: 'doors', token, access, callers, routes: everyRoute, explained: true };
    }
  }
}

/** Every route × every base × every standing of its module × every class of grant. */
function* routes(catalog: CatalogData, size: Size): Generator<Block> {
  for (const module of subjects(catalog)) {
    const asked = some(routesOf(catalog, module), size, 2);
    for (const base of baseChoices(catalog)) {
      for (const own of ownChoices(catalog, module ?? '')) {
        for (const grants of grantChoices(catalog, module ?? '')) {
          const access = accessOf(together(base, own), grants);
          const roles = [ROLES.at(-1)!];
          yield {
            sweep: 'routes',
            token: true,
            access,
            callers: PERSON,
            routes: asked,
            roles,
            explained: true,
          };
        }
      }
    }
  }
}

/** Each permission alone, and all but it, asked of every route of every module. */
function* permissions(catalog: CatalogData): Generator<Block> {
  const everyRoute = Object.keys(catalog.routes);
  for (const module of Object.keys(catalog.modules)) {
    const mine = permissionsOf(catalog, module);
    const all = everythingBut(catalog, null);
    for (const company of fitting(catalog, module)) {
      for (const permission of mine) {
        const alone = { modules: all.modules, permissions: [permission] };
        const others = { modules: [module], permissions: all.permissions.filter((it) => it !== permission) };
        for (const grants of [alone, others]) {
          const access = accessOf(company, grants);
          yield {
            sweep: 'permissions',
            token: true,
            access,
            callers: PERSON,
            routes: everyRoute,
            roles: [ROLES[2]!],
          };
        }
      }
    }
  }
}

/** Every membership × base × standing, with and without grants. */
function* memberships(catalog: CatalogData, size: Size): Generator<Block> {
  for (const module of subjects(catalog)) {
    const asked = some(routesOf(catalog, module), size, 1);
    for (const base of [NOTHING, ...baseChoices(catalog).slice(1, 3)]) {
      for (const own of ownChoices(catalog, module ?? '').slice(0, 3)) {
        for (const grants of ends(grantChoices(catalog, module ?? ''))) {
          for (const membership of MEMBERSHIPS) {
            const access = accessOf(together(base, own), grants, membership);
            const roles = [ROLES.at(-1)!];
            yield {
              sweep: 'memberships',
              token: true,
              access,
              callers: PERSON,
              routes: asked,
              roles,
              explained: true,
            };
          }
        }
      }
    }
  }
}

/** Every calling module × what it calls: each method, company and route where it may call at all. */
function* calls(catalog: CatalogData, size: Size): Generator<Block> {
  const everyRoute = [...Object.keys(catalog.routes), null];
  for (const module of callingModules(catalog)) {
    for (const company of some(fitting(catalog, module), size, 1)) {
      const access = accessOf(company, everything(catalog));
      const asking = callersFor(module, METHODS);
      yield { sweep: 'calls', token: true, access, callers: asking, routes: everyRoute, explained: true };
    }
  }
}

/** Every calling module × how it stands, asking for what could be read. */
function* callers(catalog: CatalogData, size: Size): Generator<Block> {
  const everyRoute = [...Object.keys(catalog.routes), null];
  const bases = baseChoices(catalog).slice(0, basePackages(catalog).length + 2);
  for (const module of callingModules(catalog)) {
    const asking = callersFor(module, ['GET'], [true]);
    const granted = [...ends(grantChoices(catalog, module)), { modules: [module], permissions: [] }];
    for (const base of some(bases, size, 2)) {
      for (const own of ownChoices(catalog, module).slice(0, 4)) {
        for (const grants of granted) {
          const access = accessOf(together(base, own), grants);
          yield {
            sweep: 'callers',
            token: true,
            access,
            callers: asking,
            routes: everyRoute,
            explained: true,
          };
        }
      }
    }
  }
}

/** What every role may hand on, of every membership in every sort of company. */
function* roles(catalog: CatalogData): Generator<Block> {
  for (const membership of MEMBERSHIPS) {
    for (const company of [NOTHING, ...Object.keys(catalog.modules).flatMap((it) => fitting(catalog, it))]) {
      const access = accessOf(company, everythingBut(catalog, null), membership);
      yield { sweep: 'roles', token: true, access, callers: [], routes: [], roles: ROLES };
    }
  }
}

/** Every state of every base × every state of what sells the module, asked of its routes. */
function* periods(catalog: CatalogData, size: Size): Generator<Block> {
  for (const module of subjects(catalog)) {
    const asked = some(routesOf(catalog, module), size, 1);
    const grants = everything(catalog);
    const own = sellersOf(catalog, module ?? '').flatMap((sold) => PERIODS.map(sold));
    for (const name of some(basePackages(catalog), size, 1)) {
      for (const period of PERIODS) {
        const base = packageRow(name, period);
        for (const bought of [NOTHING, ...(size === 'all' || period.status === 'active' ? own : [])]) {
          const access = accessOf(together(base, bought), grants);
          yield { sweep: 'periods', token: true, access, callers: PERSON, routes: asked };
        }
      }
    }
  }
}

/** Every coarse combination of the other add-ons × other grants: none of it may matter. */
function* foreignProducts(catalog: CatalogData, size: Size): Generator<Block> {
  if (size === 'quick') return;
  for (const module of subjects(catalog)) {
    const asked = routesOf(catalog, module);
    const foreign = foreignAddons(catalog, module).slice(0, 4);
    for (const base of baseChoices(catalog).slice(0, basePackages(catalog).length + 1)) {
      for (const own of ownChoices(catalog, module ?? '').slice(0, 4)) {
        for (const others of combinations(foreign)) {
          for (const grants of ends(grantChoices(catalog, module ?? ''))) {
            const access = accessOf(together(base, own, others), grants);
            yield { sweep: 'foreign products', token: true, access, callers: PERSON, routes: asked };
          }
        }
      }
    }
  }
}

/** Every state of every other add-on, one at a time. */
function* foreignPeriods(catalog: CatalogData, size: Size): Generator<Block> {
  if (size === 'quick') return;
  for (const module of subjects(catalog)) {
    const asked = routesOf(catalog, module);
    for (const company of fitting(catalog, module ?? '')) {
      for (const addon of foreignAddons(catalog, module)) {
        for (const period of PERIODS) {
          for (const grants of grantChoices(catalog, module ?? '').slice(0, 2)) {
            const access = accessOf(together(company, addonRow(addon, period)), grants);
            yield { sweep: 'foreign periods', token: true, access, callers: PERSON, routes: asked };
          }
        }
      }
    }
  }
}

/** Two rows of what sells the module, each in every state, on every base. */
function* addonRows(catalog: CatalogData, size: Size): Generator<Block> {
  if (size === 'quick') return;
  for (const module of Object.keys(catalog.modules)) {
    const asked = routesOf(catalog, module).slice(0, 2);
    const grants = everything(catalog);
    for (const base of baseChoices(catalog).slice(0, basePackages(catalog).length + 1)) {
      for (const sold of sellersOf(catalog, module)) {
        for (const one of PERIODS) {
          for (const other of PERIODS) {
            const access = accessOf(together(base, sold(one), sold(other)), grants);
            yield { sweep: 'two rows of an add-on', token: true, access, callers: PERSON, routes: asked };
          }
        }
      }
    }
  }
}

/** Every two packages that bring a persona, each in every state. */
function* subscriptionRows(catalog: CatalogData, size: Size): Generator<Block> {
  if (size === 'quick') return;
  const names = basePackages(catalog);
  const grants = everything(catalog);
  const asked = subjects(catalog).flatMap((module) => routesOf(catalog, module).slice(0, 1));
  const everyAddon = together(...Object.keys(catalog.addons).map((it) => addonRow(it, ACTIVE)));
  for (const [first, second] of names.flatMap((one) => names.map((other) => [one, other] as const))) {
    for (const one of PERIODS) {
      for (const other of PERIODS) {
        const base = together(packageRow(first, one), packageRow(second, other));
        for (const own of [NOTHING, everyAddon]) {
          const access = accessOf(together(base, own), grants);
          yield { sweep: 'two subscriptions', token: true, access, callers: PERSON, routes: asked };
        }
      }
    }
  }
}

function accessOf(bought: Bought, grants: Grants, membership = MEMBER): AccessFacts {
  return { membership, ...bought, ...grants };
}

function everything(catalog: CatalogData): Grants {
  return everythingBut(catalog, null);
}

/** A company on the first base that has every add-on and grants everything. */
function richest(catalog: CatalogData, membership: AccessFacts['membership']): AccessFacts {
  const bases = basePackages(catalog).slice(0, 1);
  const addons = Object.keys(catalog.addons).map((name) => addonRow(name, ACTIVE));
  const bought = together(...bases.map((name) => packageRow(name, ACTIVE)), ...addons);
  return accessOf(bought, everything(catalog), membership);
}

/** Companies in which the module can be used: each base, with everything that sells the module. */
function fitting(catalog: CatalogData, module: string): Bought[] {
  const sold = sellersOf(catalog, module).map((seller) => seller(ACTIVE));
  return basePackages(catalog).map((name) => together(packageRow(name, ACTIVE), ...sold));
}

/** Every module, and none: a route may belong to nobody. */
function subjects({ modules }: CatalogData): (string | null)[] {
  return [...Object.keys(modules), null];
}

function routesOf({ routes }: CatalogData, module: string | null): string[] {
  const known = Object.keys(routes);
  return known.filter((id) => (routes[id]!.module ?? null) === module && routes[id]!.access === 'module');
}

function foreignAddons({ addons }: CatalogData, module: string | null): string[] {
  return Object.keys(addons).filter((name) => module === null || !addons[name]!.modules[module]);
}

function* combinations(addons: string[]): Generator<Bought> {
  const [first, ...rest] = addons;
  if (first === undefined) {
    yield NOTHING;
    return;
  }
  for (const others of combinations(rest)) {
    yield others;
    for (const period of [ACTIVE, OVER, IDLE]) yield together(addonRow(first, period), others);
  }
}

function some<T>(list: T[], size: Size, count: number): T[] {
  return size === 'all' ? list : list.slice(0, count);
}

function ends<T>(list: T[]): T[] {
  return [list[0]!, list.at(-1)!];
}
