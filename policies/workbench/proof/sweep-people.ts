/** Sweeps along who asks for what: in full here, what the company bought in representatives. */
import type { CatalogData } from '../../contract.ts';
import type { Block } from './block.ts';
import { NOTHING, baseChoices, fewBaseChoices, ownChoices, together } from './companies.ts';
import {
  accessOf,
  callKinds,
  ends,
  everything,
  fitting,
  product,
  richest,
  routeKinds,
  routesOf,
  some,
  subjects,
  type Size,
} from './dimensions.ts';
import {
  EVERY_RIGHT,
  MEMBERSHIPS,
  METHODS,
  PERSON,
  ROLES,
  callersFor,
  callingModules,
  everythingBut,
  grantChoices,
  permissionsOf,
} from './people.ts';

/** Every route for whoever has no token, no company, or no membership that stands; also routes that are not there. */
export function* doors(catalog: CatalogData, size: Size): Generator<Block> {
  const known = size === 'all' ? Object.keys(catalog.routes) : routeKinds(catalog);
  const calling = ends(callingModules(catalog)).flatMap((module) => callersFor(module, ['GET'], [true]));
  const accesses = [null, ...MEMBERSHIPS.map((membership) => richest(catalog, membership))];
  for (const [token, access] of product([false, true], accesses)) {
    const routes = [null, 'unheard.of.get', ...known];
    yield { sweep: 'doors', token, access, callers: [...PERSON, ...calling], routes, explained: true };
  }
}

/** Every route × every base × every standing of its module × every class of grant. */
export function* routes(catalog: CatalogData, size: Size): Generator<Block> {
  for (const module of subjects(catalog)) {
    const asked = some(routesOf(catalog, module), size, 1);
    const bases = size === 'all' ? baseChoices(catalog) : fewBaseChoices(catalog);
    const own = some(ownChoices(catalog, module ?? ''), size, 8);
    const granted = grantChoices(catalog, module ?? '');
    // Explanations cost a hundred decisions: with everything else granted beside it, one is enough.
    const explainedGrants = granted.slice(0, size === 'all' ? 5 : 4);
    for (const [base, bought, grants] of product(bases, own, granted)) {
      const access = accessOf(together(base, bought), grants);
      const roles = [EVERY_RIGHT];
      const explained = explainedGrants.includes(grants);
      yield { sweep: 'routes', token: true, access, callers: PERSON, routes: asked, roles, explained };
    }
  }
}

/** Each permission alone, and all but it, asked of every route. */
export function* permissions(catalog: CatalogData, size: Size): Generator<Block> {
  const all = everything(catalog);
  for (const module of Object.keys(catalog.modules)) {
    const asked = size === 'all' ? Object.keys(catalog.routes) : routesOf(catalog, module);
    const companies = some(fitting(catalog, module), size, 1);
    for (const [company, permission] of product(companies, permissionsOf(catalog, module))) {
      const alone = { modules: all.modules, permissions: [permission] };
      const others = { modules: [module], permissions: all.permissions.filter((it) => it !== permission) };
      for (const grants of [alone, others]) {
        const access = accessOf(company, grants);
        yield {
          sweep: 'permissions',
          token: true,
          access,
          callers: PERSON,
          routes: asked,
          roles: [EVERY_RIGHT],
        };
      }
    }
  }
}

/** Every membership that does not stand × base × standing, with everything granted and nothing. */
export function* memberships(catalog: CatalogData, size: Size): Generator<Block> {
  const outside = MEMBERSHIPS.filter((membership) => membership?.status !== 'active');
  for (const module of subjects(catalog)) {
    const routes = some(routesOf(catalog, module), size, 1);
    const bases = some(baseChoices(catalog), size, 2);
    const own = ownChoices(catalog, module ?? '').slice(0, size === 'all' ? 8 : 3);
    const granted = ends(grantChoices(catalog, module ?? ''));
    for (const [base, bought, grants, membership] of product(bases, own, granted, outside)) {
      const access = accessOf(together(base, bought), grants, membership);
      const block = { token: true, access, callers: PERSON, routes, roles: [EVERY_RIGHT] };
      yield { sweep: 'memberships', ...block, explained: membership?.status !== 'suspended' };
    }
  }
}

/** Every calling module × method × company × route, where the module may call at all. */
export function* calls(catalog: CatalogData, size: Size): Generator<Block> {
  for (const module of callingModules(catalog)) {
    const asked = size === 'all' ? [...Object.keys(catalog.routes), null] : callKinds(catalog, module);
    for (const company of some(fitting(catalog, module), size, 1)) {
      const access = accessOf(company, everything(catalog));
      const callers = callersFor(module, METHODS);
      yield { sweep: 'calls', token: true, access, callers, routes: asked, explained: size === 'all' };
    }
  }
}

/** Every calling module × how it stands × every kind of call, by a call that may be right and two that are not. */
export function* callers(catalog: CatalogData, size: Size): Generator<Block> {
  for (const module of callingModules(catalog)) {
    const bases = some(baseChoices(catalog), size, 3);
    const own = ownChoices(catalog, module).slice(0, size === 'all' ? 8 : 4);
    const granted = [{ modules: [module], permissions: [] }, everythingBut(catalog, module)];
    const [right, foreign] = callersFor(module, ['GET']);
    const wrong = callersFor(module, ['POST'], [true]);
    const calling = [right!, ...(size === 'all' ? [foreign!, ...wrong] : [])];
    for (const [base, bought, grants] of product(bases, own, granted)) {
      const access = accessOf(together(base, bought), grants);
      const routes = callKinds(catalog, module);
      const explained = grants.permissions.length === 0;
      yield { sweep: 'callers', token: true, access, callers: calling, routes, explained };
    }
  }
}

/** What every role may hand on, of every membership in every sort of company. */
export function* roles(catalog: CatalogData, size: Size): Generator<Block> {
  const companies = Object.keys(catalog.modules).flatMap((it) => some(fitting(catalog, it), size, 1));
  for (const [membership, company] of product(MEMBERSHIPS, [NOTHING, ...companies])) {
    const access = accessOf(company, everything(catalog), membership);
    yield { sweep: 'roles', token: true, access, callers: [], routes: [], roles: ROLES };
  }
}
