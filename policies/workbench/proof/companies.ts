/** What a company can have bought, in representatives: of the base, and of what sells one module. */
import type { AccessFacts, CatalogData, PeriodFacts } from '../../contract.ts';
import { ACTIVE, IDLE, OVER } from './periods.ts';

export type Bought = Pick<AccessFacts, 'subscriptions' | 'addons'>;

export const NOTHING: Bought = { subscriptions: [], addons: [] };

export const packageRow = (name: string, period: PeriodFacts): Bought => ({
  subscriptions: [{ package: name, ...period }],
  addons: [],
});

export const addonRow = (name: string, period: PeriodFacts): Bought => ({
  subscriptions: [],
  addons: [{ addon: name, ...period }],
});

export function together(...parts: Bought[]): Bought {
  return {
    subscriptions: parts.flatMap(({ subscriptions }) => subscriptions),
    addons: parts.flatMap(({ addons }) => addons),
  };
}

/** Something that is sold: a package or an add-on, as a row with a given period. */
export type Product = (period: PeriodFacts) => Bought;

/** Packages that bring a persona. */
export function basePackages({ packages, modules }: CatalogData): string[] {
  return Object.keys(packages).filter((name) =>
    Object.keys(packages[name]!.modules).some((module) => modules[module]?.type === 'base'),
  );
}

/** What sells this module, beside the packages that bring a persona. */
export function sellersOf({ packages, addons, modules }: CatalogData, module: string): Product[] {
  const bundles = Object.keys(packages).filter(
    (name) => packages[name]!.modules[module] && modules[module]?.type !== 'base',
  );
  const sold = Object.keys(addons).filter((name) => addons[name]!.modules[module]);
  return [
    ...sold.map(
      (name): Product =>
        (period) =>
          addonRow(name, period),
    ),
    ...bundles.map(
      (name): Product =>
        (period) =>
          packageRow(name, period),
    ),
  ];
}

/** No base, each base, two at once, one that is over, one that waits, one renewed, one changed for another. */
export function baseChoices(catalog: CatalogData): Bought[] {
  const names = basePackages(catalog);
  const active = names.map((name) => packageRow(name, ACTIVE));
  const next = (index: number): string => names[(index + 1) % names.length]!;
  const pairs = names.map((name, index) =>
    together(packageRow(name, ACTIVE), packageRow(next(index), ACTIVE)),
  );
  const over = names.map((name) => packageRow(name, OVER));
  const idle = names.map((name) => packageRow(name, IDLE));
  const renewed = names.map((name) => together(packageRow(name, OVER), packageRow(name, ACTIVE)));
  const moved = names.map((name, index) => together(packageRow(name, OVER), packageRow(next(index), ACTIVE)));
  return [
    NOTHING,
    ...active,
    ...pairs,
    ...over,
    ...idle,
    ...renewed,
    ...moved,
    packageRow('unheard_of', ACTIVE),
  ];
}

/** Nothing, each seller in each standing, one renewed, one over that waits again, and two sellers side by side. */
export function ownChoices(catalog: CatalogData, module: string): Bought[] {
  const sellers = sellersOf(catalog, module);
  const single = sellers.flatMap((sold) => [ACTIVE, OVER, IDLE].map((period) => sold(period)));
  const renewed = sellers.flatMap((sold) => [
    together(sold(OVER), sold(ACTIVE)),
    together(sold(OVER), sold(IDLE)),
  ]);
  const pairs = sellers
    .slice(1)
    .flatMap((sold, index) =>
      [ACTIVE, OVER].flatMap((one) =>
        [ACTIVE, OVER, IDLE].map((other) => together(sellers[index]!(one), sold(other))),
      ),
    );
  return [NOTHING, ...single, ...renewed, ...pairs, addonRow('unheard_of', ACTIVE)];
}
