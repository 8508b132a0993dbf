import type { Layer, Reason } from '../../policies/contract.ts';
import type { Bought } from '../../platform/core/companies.ts';
import { KIND } from '../commands/period.ts';
import type { Plain } from '../operations/plain.ts';
import type { Judgement } from './judgement.ts';
import { dayOf, daysBefore } from './moments.ts';

type Period = Plain<Bought>;

/** The first reason as a clause for people: `the add-on finance had ended the day before`. */
export function because(judgement: Judgement, bought: Period[], at: Date): string {
  const [reason] = judgement.reasons;
  return reason === undefined ? 'every layer holds' : CLAUSES[reason](factsOf(judgement.layers), bought, at);
}

type Facts = Record<string, unknown>;

const CLAUSES: Record<Reason, (facts: Facts, bought: Period[], at: Date) => string> = {
  route_unknown: () => 'the catalog has no such route',
  no_membership: () => 'there is no membership',
  membership_inactive: ({ membership }) =>
    `the membership is ${(membership as { status?: string } | null)?.status ?? 'not active'}`,
  no_active_base: (_, bought, at) =>
    `no base package is active${ends(bought, (it) => it.kind === 'package', at)}`,
  multiple_bases: () => 'more than one base package is active',
  module_unknown: ({ module }) => `the catalog has no module ${String(module)}`,
  base_incompatible: ({ module, base }) => `${String(module)} is not sold with the base ${String(base)}`,
  entitlement_expired: (facts, bought, at) =>
    `the company's period for ${String(facts['module'])} is over${ends(bought, sellers(facts), at)}`,
  module_not_entitled: ({ module }) => `the company has not bought ${String(module)}`,
  module_not_granted: ({ module }) => `the module ${String(module)} is not granted`,
  permission_missing: ({ permission }) => `the permission ${String(permission)} is not granted`,
  call_not_declared: ({ entity }) => `reading ${String(entity)} is not declared`,
};

/** What every layer read, in one. */
function factsOf(layers: Layer[]): Facts {
  return Object.assign({}, ...layers.map(({ facts }) => facts)) as Facts;
}

/** The packages and add-ons that hold the module in question. */
function sellers({ addons, subscriptions }: Facts): (period: Period) => boolean {
  const keys = [
    ...((addons ?? []) as { addon: string }[]),
    ...((subscriptions ?? []) as { package: string }[]),
  ];
  const named = new Set(keys.map((row) => ('addon' in row ? row.addon : row.package)));
  return ({ key }) => named.has(key);
}

/** `: add-on finance ended on 2 May 2026, the day before`; the newest that is over. */
function ends(bought: Period[], which: (period: Period) => boolean, at: Date): string {
  const over = bought.filter(
    (period) => which(period) && period.endsAt !== null && new Date(period.endsAt) <= at,
  );
  const last = over.toSorted((a, b) => (a.endsAt! < b.endsAt! ? 1 : -1))[0];
  if (last === undefined) return '';
  const moment = new Date(last.endsAt!);
  return `: ${KIND[last.kind]} ${last.key} ended on ${dayOf(moment)}, ${daysBefore(moment, at)}`;
}
