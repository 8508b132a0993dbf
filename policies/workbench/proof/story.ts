/** A counterexample as something that happened to somebody. */
import type { AccessFacts, CallerFacts, DecisionInput, EffectiveInput, PeriodFacts } from '../../contract.ts';
import type { Counterexample } from './court.ts';

/** Lines of plain text: who, company, what was asked, what was answered, and which law that breaks. */
export function storyOf({ law, input, cell, entrypoint, catalog }: Counterexample): string[] {
  const { answer } = cell as { answer: unknown };
  const { access } = input as { access?: AccessFacts | null };
  return [
    `broken: ${law}`,
    `  who      ${whoOf(input)}`,
    `  company  ${companyOf(access ?? null)}`,
    `  asked    ${askedOf(input)}`,
    `  answer   ${JSON.stringify(answer)}`,
    `  of       ${entrypoint}, on ${catalog}`,
    `  replay   ${JSON.stringify({ entrypoint, input, catalog })}`,
  ];
}

function whoOf(input: unknown): string {
  const { caller = null, authenticated = true, access } = input as Partial<DecisionInput>;
  const token = authenticated ? '' : ' without a token';
  const asking = caller === null ? 'a person' : `the module ${caller.module} on behalf of a person`;
  return `${asking}${token}, ${memberOf(access ?? null)}`;
}

function memberOf(access: AccessFacts | null): string {
  if (access === null) return 'of no company';
  const { membership, modules, permissions } = access;
  const member = membership === null ? 'no member' : `${membership.status} member`;
  return `${member}, granted modules: ${listOf(modules)}; permissions: ${listOf(permissions)}`;
}

function companyOf(access: AccessFacts | null): string {
  if (access === null) return 'none';
  const packages = access.subscriptions.map((row) => `${row.package} (${periodOf(row)})`);
  const addons = access.addons.map((row) => `${row.addon} (${periodOf(row)})`);
  return `packages: ${listOf(packages)}; add-ons: ${listOf(addons)}`;
}

function periodOf({ status, started, ended }: PeriodFacts): string {
  return `${status}${started ? '' : ', not begun'}${ended ? ', ended' : ''}`;
}

function askedOf(input: unknown): string {
  if ('role' in (input as object)) {
    const { role } = input as EffectiveInput;
    return `what they can do, and hand on with the role ${JSON.stringify(role)}`;
  }
  const { route, caller } = input as DecisionInput;
  return `${route ?? 'a route that is not there'}${caller === null ? '' : callOf(caller)}`;
}

function callOf({ method, same_company }: CallerFacts): string {
  return ` by ${method}, for ${same_company ? 'the same' : 'another'} company`;
}

const SHOWN = 8;

function listOf(items: string[]): string {
  if (items.length === 0) return 'none';
  const more = items.length > SHOWN ? ` and ${items.length - SHOWN} more` : '';
  return `${items.slice(0, SHOWN).join(', ')}${more}`;
}
