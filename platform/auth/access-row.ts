import type {
  AddonFacts,
  MembershipStatus,
  PeriodFacts,
  RoleFacts,
  SubscriptionFacts,
  SubscriptionStatus,
} from '../../policies/contract.ts';

/** The shapes a row of access must have. Each throws on anything else: a strange row is never guessed at. */
type Row = Record<string, unknown>;

const PERIODS = ['active', 'trial', 'past_due', 'cancelled', 'expired'] satisfies SubscriptionStatus[];
const MEMBERSHIPS = ['active', 'invited', 'suspended'] satisfies MembershipStatus[];

export function statusOf(value: unknown): MembershipStatus {
  return oneOf(MEMBERSHIPS, value);
}

export function roleOf(row: Row): { key: string } & RoleFacts {
  return {
    key: text(row['role']),
    canManageUsers: flag(row['can_manage_users']),
    canBuyAddons: flag(row['can_buy_addons']),
    canGrant: flag(row['can_grant']),
  };
}

export function subscriptionOf(value: unknown): SubscriptionFacts {
  const row = object(value);
  return { package: text(row['package']), ...periodOf(row) };
}

export function addonOf(value: unknown): AddonFacts {
  const row = object(value);
  return { addon: text(row['addon']), ...periodOf(row) };
}

function periodOf(row: Row): PeriodFacts {
  return { status: oneOf(PERIODS, row['status']), started: flag(row['started']), ended: flag(row['ended']) };
}

export function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw strange('a list was expected');
  return value;
}

export function text(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw strange('a key was expected');
  return value;
}

/** Milliseconds from now. */
export function momentOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) throw strange('a time was expected');
  return value;
}

export function strange(what: string): Error {
  return new Error(
    `The access of this user cannot be determined: the database gave a strange row (${what}).`,
  );
}

function object(value: unknown): Row {
  if (typeof value !== 'object' || value === null) throw strange('a period was expected');
  return value as Row;
}

function flag(value: unknown): boolean {
  if (typeof value !== 'boolean') throw strange('true or false was expected');
  return value;
}

function oneOf<T extends string>(known: readonly T[], value: unknown): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw strange('an unknown status');
  return found;
}
