/** Sweeps along everything at once: all capabilities of a member, and members whose access Auth has judged already. */
import type { AccessFacts, CatalogData } from '../../contract.ts';
import type { Block } from './block.ts';
import { NOTHING, fewBaseChoices, ownChoices, together } from './companies.ts';
import {
  accessOf,
  callKinds,
  ends,
  everything,
  fitting,
  product,
  richest,
  routesOf,
  some,
  subjects,
  type Size,
} from './dimensions.ts';
import { EVERY_RIGHT, MEMBERSHIPS, PERSON, callersFor, callingModules, grantChoices } from './people.ts';

/** Some of every sort of base × every standing of every module × every class of grant; every membership. */
export function* capabilities(catalog: CatalogData, size: Size): Generator<Block> {
  const block = { sweep: 'capabilities', token: true, callers: [], routes: [], capable: true };
  for (const membership of MEMBERSHIPS) yield { ...block, access: richest(catalog, membership) };
  const bases = some(fewBaseChoices(catalog), size, 5);
  for (const module of Object.keys(catalog.modules)) {
    const own = ownChoices(catalog, module).slice(0, size === 'all' ? 8 : 3);
    const granted = some(grantChoices(catalog, module), size, 4);
    for (const [base, bought, grants] of product(bases, own, granted)) {
      yield { ...block, access: accessOf(together(base, bought), grants) };
    }
  }
}

/** Every membership × route or call × class of grant, whatever rows stand beside what was judged. */
export function* resolved(catalog: CatalogData, size: Size): Generator<Block> {
  const judged = (access: AccessFacts): AccessFacts => ({ ...access, resolved: true });
  const block = { sweep: 'resolved', token: true, roles: [EVERY_RIGHT] };
  for (const module of subjects(catalog)) {
    const companies = [NOTHING, ...some(fitting(catalog, module ?? ''), size, 1)];
    const granted = grantChoices(catalog, module ?? '');
    const routes = some(routesOf(catalog, module), size, 1);
    for (const [bought, grants, membership] of product(companies, granted, MEMBERSHIPS)) {
      const access = judged(accessOf(bought, grants, membership));
      yield {
        ...block,
        access,
        callers: PERSON,
        routes,
        explained: bought === NOTHING,
        capable: bought === NOTHING,
      };
    }
  }
  for (const module of some(callingModules(catalog), size, 2)) {
    const granted = [everything(catalog), ...ends(grantChoices(catalog, module))];
    for (const grants of granted) {
      const callers = callersFor(module, ['GET', 'POST']);
      const access = judged(accessOf(NOTHING, grants));
      yield { ...block, access, callers, routes: callKinds(catalog, module), explained: true };
    }
  }
}
