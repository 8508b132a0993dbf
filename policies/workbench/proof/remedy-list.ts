/** What can be said of a list of remedies, given what is possible and a way to try it. */
import { isDeepStrictEqual } from 'node:util';
import type { Remedy } from '../../contract.ts';
import { product } from './dimensions.ts';
import { BASES, TAKEN, type Change, type Unassigned } from './remedy-changes.ts';

/** Whether the request is allowed after these changes. */
export type Allows = (changes: Unassigned[]) => boolean;

/** The kind of change it is, `null` where it is none the tenant has: another module, an unknown package, unsorted ones. */
export function kindOf(remedy: Remedy, possible: Change[]): Change['kind'] | null {
  const found = choicesOf([remedy]).map(
    ([one]) => possible.find((it) => isDeepStrictEqual({ ...it.remedy, who: remedy.who }, one))?.kind,
  );
  const { packages = [] } = remedy;
  const isSorted = packages.every((name, at) => at === 0 || packages[at - 1]! < name);
  return isSorted && found.every((kind) => kind === found[0]) ? (found[0] ?? null) : null;
}

/** As they are made: let in, buy for the base and beside it, grant; packages that end by name. */
const ORDER: Remedy['type'][][] = [
  ['add_member', 'activate_membership'],
  ['end_subscription'],
  ['change_base', 'renew_subscription', 'add_subscription'],
  ['renew_addon', 'add_addon'],
  ['grant_module'],
  ['grant_permission'],
];

export function isInOrder(remedies: Remedy[]): boolean {
  const places = remedies.map(({ type }) => ORDER.findIndex((types) => types.includes(type)));
  const ended = remedies.flatMap(({ type, packages = [] }) => (type === 'end_subscription' ? packages : []));
  const isAscending = places.every((place, at) => at === 0 || places[at - 1]! <= place);
  return isAscending && isDeepStrictEqual(ended, ended.toSorted());
}

/** Every way to take one package where several would do. */
export function choicesOf<R extends Unassigned>(remedies: R[]): R[][] {
  const each = remedies.map((it) => it.packages?.map((name) => ({ ...it, packages: [name] })) ?? [it]);
  return [...product(...each)];
}

/** The kinds of purchase that would do alone; where none would, those of which two would. */
export function waysOf(purchases: Change[], isEnough: Allows): string[][] {
  const single = purchases.map((it) => [it]);
  const ends = purchases.filter(({ kind }) => kind === 'end base');
  const bases = purchases.filter(({ kind }) => BASES.includes(kind));
  const extras = purchases.filter(({ kind }) => !BASES.includes(kind));
  const pairs = [...product(bases, extras), ...product(ends, ends)];
  const enough = (ways: Change[][]): Change[][] =>
    ways.filter((way) => isEnough(way.map(({ remedy }) => remedy)));
  const alone = enough(single);
  const ways = alone.length > 0 ? alone : enough(pairs);
  const told = new Set(ways.map((way) => JSON.stringify(way.map(({ kind }) => kind))));
  return [...told].sort().map((way) => JSON.parse(way) as string[]);
}

/** Packages that are not named, and would do as well in the place of those that are. */
export function unnamedOf(
  remedies: Remedy[],
  kinds: (string | null)[],
  possible: Change[],
  allows: Allows,
): string[] {
  return remedies.flatMap(({ packages = [] }, at) => {
    if (!TAKEN.includes(kinds[at] ?? '')) return [];
    const others = remedies.filter((_, other) => other !== at);
    const alike = possible.filter(({ kind, remedy }) => kind === kinds[at] && allows([...others, remedy]));
    return alike.flatMap(({ remedy }) => remedy.packages ?? []).filter((name) => !packages.includes(name));
  });
}
