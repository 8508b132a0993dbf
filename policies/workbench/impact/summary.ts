/** What changed, counted in people. */
import type { RouteChange } from './changes.ts';
import type { Membership } from './people.ts';
import type { Use } from './use.ts';
import type { Effect } from './verdict.ts';

/** What the rows stand for. */
export const BY = ['permission', 'module', 'route', 'company', 'user'] as const;

export type By = (typeof BY)[number];

export interface Tally {
  users: number;
  companies: number;
  /** Keys, sorted: permissions, or ids of routes that need none. */
  permissions: string[];
  /** `allow → permission_missing`, the most frequent first. */
  verdicts: string[];
  /** Logged requests to what changes here; `null` where no log was given. */
  used: Use | null;
}

export interface Row {
  /** A key, or `<user id> <company id>`, or a company's id. */
  key: string;
  name: string;
  effects: Record<Effect, Tally>;
}

/** Rows in which most people lose first, then in which most gain. @param useOf requests of a member to a route */
export function rowsBy(
  by: By,
  changes: readonly RouteChange[],
  members: readonly Membership[],
  useOf: ((member: number, route: string) => Use | undefined) | null = null,
): Row[] {
  const rows = new Map<string, { name: string; effects: Record<Effect, Count> }>();
  for (const change of changes) {
    const { route, effect, from, to } = change;
    const permission = change.permission ?? route;
    for (const index of change.members) {
      const membership = members[index]!;
      const [key, name] = keyOf(by, change, membership);
      let row = rows.get(key);
      if (!row) rows.set(key, (row = { name, effects: newCounts() }));
      const count = row.effects[effect];
      count.users.add(membership.user.id);
      count.companies.add(membership.company.id);
      count.permissions.add(permission);
      const verdicts = `${from} → ${to}`;
      count.verdicts.set(verdicts, (count.verdicts.get(verdicts) ?? 0) + 1);
      const use = useOf?.(index, route);
      if (use) count.used = together(count.used, use);
    }
  }
  return [...rows.entries()]
    .map(([key, { name, effects }]) => ({
      key,
      name,
      effects: {
        loses: tallyOf(effects.loses, useOf !== null),
        gains: tallyOf(effects.gains, useOf !== null),
        other_reason: tallyOf(effects.other_reason, useOf !== null),
      },
    }))
    .sort(byWeight);
}

interface Count {
  users: Set<string>;
  companies: Set<string>;
  permissions: Set<string>;
  verdicts: Map<string, number>;
  used: Use | null;
}

const newCount = (): Count => ({
  users: new Set(),
  companies: new Set(),
  permissions: new Set(),
  verdicts: new Map(),
  used: null,
});

const newCounts = (): Record<Effect, Count> => ({
  loses: newCount(),
  gains: newCount(),
  other_reason: newCount(),
});

export const nameOf = ({ id, name }: { id: string; name?: string }): string => name ?? id;

function keyOf(by: By, change: RouteChange, { user, company }: Membership): [key: string, name: string] {
  switch (by) {
    case 'company':
      return [company.id, nameOf(company)];
    case 'user':
      return [`${user.id} ${company.id}`, `${nameOf(user)} in ${nameOf(company)}`];
    case 'permission':
    case 'module':
    case 'route': {
      const key = change[by] ?? change.route;
      return [key, key];
    }
  }
}

function tallyOf({ users, companies, permissions, verdicts, used }: Count, logged: boolean): Tally {
  const frequent = [...verdicts.entries()].sort(([a, few], [b, many]) => many - few || (a < b ? -1 : 1));
  return {
    users: users.size,
    companies: companies.size,
    permissions: [...permissions].sort(),
    verdicts: frequent.map(([text]) => text),
    used: logged ? (used ?? { requests: 0, first: '', last: '' }) : null,
  };
}

function together(known: Use | null, { requests, first, last }: Use): Use {
  if (!known) return { requests, first, last };
  return {
    requests: known.requests + requests,
    first: first < known.first ? first : known.first,
    last: last > known.last ? last : known.last,
  };
}

function byWeight(a: Row, b: Row): number {
  const { effects: one } = a;
  const { effects: other } = b;
  return (
    other.loses.users - one.loses.users || other.gains.users - one.gains.users || (a.name < b.name ? -1 : 1)
  );
}
