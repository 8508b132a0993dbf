/** What a company can have bought, in representatives: of the base, and of what sells one module. */
import type { AccessFacts, CatalogData, PeriodFacts } from '../../contract.ts';
import { ACTIVE, IDLE, OVER, WAITING } from './periods.ts';

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

/** Every set of bases at once; each that is over, that waits, that was renewed, that took another's place; two over. */
export function baseChoices(catalog: CatalogData): Bought[] {
  const names = basePackages(catalog);
  const next = (index: number): string => names[(index + 1) % names.length]!;
  const over = names.map((name) => packageRow(name, OVER));
  const idle = names.flatMap((name) => [packageRow(name, IDLE), packageRow(name, WAITING)]);
  const renewed = names.map((name) => together(packageRow(name, OVER), packageRow(name, ACTIVE)));
  const moved = names.map((name, index) => together(packageRow(name, OVER), packageRow(next(index), ACTIVE)));
  const bothOver = names.map((name, index) =>
    together(packageRow(name, OVER), packageRow(next(index), OVER)),
  );
  const unknown = packageRow('unheard_of', ACTIVE);
  return [
    ...setsOf(names.map((name) => packageRow(name, ACTIVE))),
    ...over,
    ...idle,
    ...renewed,
    ...moved,
    ...bothOver,
    unknown,
  ];
}

/** Of the first two bases: none, each, both; one that is over, one that took its place, one that waits. */
export function fewBaseChoices(catalog: CatalogData): Bought[] {
  const [first = 'unheard_of', second = 'unheard_of'] = basePackages(catalog);
  const [one, other] = [packageRow(first, ACTIVE), packageRow(second, ACTIVE)];
  const over = packageRow(first, OVER);
  return [NOTHING, one, other, together(one, other), over, together(over, other), packageRow(first, WAITING)];
}

/** None, each, and, as long as they are few, every other set of them: small sets first. */
function setsOf(choices: Bought[]): Bought[] {
  if (choices.length > 5)
    return [NOTHING, ...choices, together(choices[0]!, choices[1]!), together(...choices)];
  const sets = Array.from({ length: 2 ** choices.length }, (_, bits) =>
    choices.filter((_choice, index) => (bits >> index) % 2 === 1),
  );
  return sets.toSorted((a, b) => a.length - b.length).map((set) => together(...set));
}

/** Nothing, each seller in every standing and every two of them, and two sellers side by side. */
export function ownChoices(catalog: CatalogData, module: string): Bought[] {
  const sellers = sellersOf(catalog, module);
  const single = sellers.flatMap((sold) => [ACTIVE, OVER, IDLE, WAITING].map((period) => sold(period)));
  const twice = sellers.flatMap((sold) => [
    together(sold(OVER), sold(ACTIVE)),
    together(sold(OVER), sold(IDLE)),
    together(sold(ACTIVE), sold(IDLE)),
  ]);
  const pairs = sellers
    .slice(1)
    .flatMap((sold, index) =>
      [ACTIVE, OVER, IDLE].flatMap((one) =>
        [ACTIVE, OVER, IDLE].map((other) => together(sellers[index]!(one), sold(other))),
      ),
    );
  return [NOTHING, ...single, ...twice, ...pairs, addonRow('unheard_of', ACTIVE)];
}
