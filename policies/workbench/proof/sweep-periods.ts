/** Sweeps along what the company bought and how it stands, in full; who asks stands in representatives. */
import type { CatalogData } from '../../contract.ts';
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
  accessOf,
  ends,
  everything,
  fitting,
  product,
  routesOf,
  some,
  subjects,
  type Size,
} from './dimensions.ts';
import { PERSON, grantChoices, type Grants } from './people.ts';
import { ACTIVE, IDLE, OVER, PERIODS } from './periods.ts';

function block(sweep: string, bought: Bought, grants: Grants, routes: string[]): Block {
  return { sweep, token: true, access: accessOf(bought, grants), callers: PERSON, routes };
}

/** Every state of every base × every state of what sells the module. */
export function* periods(catalog: CatalogData, size: Size): Generator<Block> {
  const grants = everything(catalog);
  const bases = some(basePackages(catalog), size, 1).flatMap((name) =>
    PERIODS.map((it) => packageRow(name, it)),
  );
  for (const module of subjects(catalog)) {
    const asked = some(routesOf(catalog, module), size, 1);
    const own = sellersOf(catalog, module ?? '').flatMap((sold) => PERIODS.map(sold));
    for (const [base, bought] of product(bases, [NOTHING, ...own])) {
      yield block('periods', together(base, bought), grants, asked);
    }
  }
}

/** Every coarse combination of the other add-ons, with and without other grants: none of it may matter. */
export function* foreignProducts(catalog: CatalogData, size: Size): Generator<Block> {
  if (size === 'quick') return;
  const bases = baseChoices(catalog).slice(0, basePackages(catalog).length + 1);
  for (const module of subjects(catalog)) {
    const others = [...combinations(foreignAddons(catalog, module).slice(0, 4))];
    const own = ownChoices(catalog, module ?? '').slice(0, 4);
    const granted = ends(grantChoices(catalog, module ?? ''));
    for (const [base, bought, foreign, grants] of product(bases, own, others, granted)) {
      yield block('foreign products', together(base, bought, foreign), grants, routesOf(catalog, module));
    }
  }
}

/** Every state of every other add-on, one at a time. */
export function* foreignPeriods(catalog: CatalogData, size: Size): Generator<Block> {
  if (size === 'quick') return;
  for (const module of subjects(catalog)) {
    const others = foreignAddons(catalog, module).flatMap((name) => PERIODS.map((it) => addonRow(name, it)));
    const granted = grantChoices(catalog, module ?? '').slice(0, 2);
    for (const [company, foreign, grants] of product(fitting(catalog, module ?? ''), others, granted)) {
      yield block('foreign periods', together(company, foreign), grants, routesOf(catalog, module));
    }
  }
}

/** Two rows of what sells the module, each in every state, on every base. */
export function* ownRows(catalog: CatalogData, size: Size): Generator<Block> {
  if (size === 'quick') return;
  const grants = everything(catalog);
  const bases = baseChoices(catalog).slice(0, basePackages(catalog).length + 1);
  for (const module of subjects(catalog)) {
    const asked = routesOf(catalog, module).slice(0, 2);
    const sellers = sellersOf(catalog, module ?? '');
    for (const [base, sold, one, other] of product(bases, sellers, PERIODS, PERIODS)) {
      yield block('two rows of one thing', together(base, sold(one), sold(other)), grants, asked);
    }
  }
}

/** Every two packages that bring a persona, each in every state. */
export function* subscriptionRows(catalog: CatalogData, size: Size): Generator<Block> {
  if (size === 'quick') return;
  const names = basePackages(catalog);
  const asked = subjects(catalog).flatMap((module) => routesOf(catalog, module).slice(0, 1));
  const everyAddon = together(...Object.keys(catalog.addons).map((it) => addonRow(it, ACTIVE)));
  const choices = product(names, names, PERIODS, PERIODS, [NOTHING, everyAddon]);
  for (const [first, second, one, other, own] of choices) {
    const base = together(packageRow(first, one), packageRow(second, other));
    yield block('two subscriptions', together(base, own), everything(catalog), asked);
  }
}

function foreignAddons({ addons }: CatalogData, module: string | null): string[] {
  return Object.keys(addons).filter((name) => module === null || !addons[name]!.modules[module]);
}

/** Each add-on not bought, active, over or idle: every combination. */
function* combinations(addons: string[]): Generator<Bought> {
  const choices = addons.map((name) => [NOTHING, ...[ACTIVE, OVER, IDLE].map((it) => addonRow(name, it))]);
  for (const rows of product<Bought[]>(...choices)) yield together(...rows);
}
