import type { Change } from '../../policies/contract.ts';
import type { RefusedChange } from '../../platform/auth/refusals.ts';
import type { HistoryEntry } from '../../platform/history.ts';
import { columns } from '../columns.ts';
import { CliError, EXIT } from '../errors.ts';
import { perform } from '../operations/perform.ts';
import type { Plain } from '../operations/plain.ts';
import type { Outcome } from '../outcome.ts';

export interface HistoryOptions {
  company?: string;
  user?: string;
  limit: string;
  /** What was tried and refused, instead of what changed. */
  refused?: boolean;
}

/** Table → what a row of it is called, and which of its columns names it. */
const ROWS: Record<string, [what: string, name: string]> = {
  companies: ['company', 'name'],
  business_units: ['business unit', 'key'],
  company_subscriptions: ['package', 'package_key'],
  company_addons: ['add-on', 'addon_key'],
  users: ['user', 'email'],
  memberships: ['membership', 'role'],
  membership_units: ['limit to business unit', 'unit_key'],
  module_grants: ['module grant', 'module_key'],
  permission_grants: ['permission grant', 'permission_key'],
  tenant_roles: ['role', 'key'],
  package_modules: ['wiring of package', 'package_key'],
  addon_modules: ['wiring of add-on', 'addon_key'],
  addon_bases: ['bases of add-on', 'addon_key'],
};

/** What changed in entitlements and access, who changed it and when, newest first; or what policy refused. */
export async function history({ company = '', user = '', limit, refused }: HistoryOptions): Promise<Outcome> {
  const count = Number(limit);
  if (!Number.isInteger(count) || count < 1 || count > 1000)
    throw new CliError(EXIT.usage, '--limit is a number from 1 to 1000');
  const args = { company: company || null, user: user || null, limit: count };
  if (refused) return refusals(await perform('refusals', args));
  const entries = await perform('history', args);
  const rows = entries.map(historyRow);
  return {
    text: columns(rows) || 'nothing changed yet',
    data: entries,
    examined: { changes: entries.length },
  };
}

function refusals(refused: Plain<RefusedChange>[]): Outcome {
  const rows = refused.map((it) => [
    it.at,
    it.actorName ?? it.actor,
    about(it),
    `${attempted(it.change)}: ${it.reasons.join(', ')}`,
  ]);
  return {
    text: columns(rows) || 'nothing was refused yet',
    data: refused,
    examined: { refused: refused.length },
  };
}

/** `grant finance, finance.expense.view`. */
function attempted({ type, modules, permissions, packages, addons }: Change): string {
  const keys = [...packages, ...addons, ...modules, ...permissions];
  return [type.replace('_', ' '), keys.join(', ')].filter(Boolean).join(' ');
}

type Entry = Plain<HistoryEntry>;

/** When, who, about whom, what. */
export const historyRow = (entry: Entry): string[] => [
  entry.at,
  entry.actorName ?? entry.actor,
  about(entry),
  changeOf(entry),
];

function about({ company, user }: Pick<Entry, 'company' | 'user'>): string {
  return [company, user].filter(Boolean).join(' / ') || '-';
}

/** `add-on finance changed: status active → cancelled`. */
function changeOf({ what, before, after }: Entry): string {
  const row = { ...before, ...after };
  const [label, name] = ROWS[what] ?? [what, 'id'];
  const done = before === null ? 'added' : after === null ? 'removed' : 'changed:';
  const changes = before && after ? Object.keys(row).filter((key) => !same(before[key], after[key])) : [];
  const told = changes.map((key) => `${key} ${shown(before![key])} → ${shown(after![key])}`);
  return [label, shown(row[name]), done, told.join(', ')].filter(Boolean).join(' ');
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
