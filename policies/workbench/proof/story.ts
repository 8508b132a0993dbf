/** A counterexample as something that happened to somebody. */
import type {
  AccessFacts,
  CallerFacts,
  CapabilitiesInput,
  ChangeInput,
  DecisionInput,
  EffectiveInput,
  PeriodFacts,
} from '../../contract.ts';
import { ENTRYPOINTS, type Entrypoint } from '../../engine/entrypoints.ts';
import { capabilitiesFault, changeFault, inputFault } from '../impact/shapes.ts';
import type { Counterexample } from './court.ts';

/** Lines of plain text: who, company, what was asked, what was answered, and which law that breaks. */
export function storyOf({ law, input, cell, entrypoint, catalog, sweep }: Counterexample): string[] {
  const { answer } = cell as { answer: unknown };
  return [
    `broken: ${law}`,
    ...(isOfPeople(entrypoint, input)
      ? peopleLines(input as Told)
      : [`  asked    ${JSON.stringify(input)} (${sweep})`]),
    `  answer   ${JSON.stringify(answer)}`,
    `  of       ${entrypoint}, on ${catalog}`,
    `  replay   ${JSON.stringify({ entrypoint, input, catalog })}`,
  ];
}

type Told = DecisionInput | EffectiveInput | CapabilitiesInput | ChangeInput;

/** The log's questions, and those that are no questions of the contract, have nobody in them. */
function isOfPeople(entrypoint: Entrypoint, input: unknown): boolean {
  if (entrypoint === ENTRYPOINTS.effective) return true;
  if (entrypoint === ENTRYPOINTS.capabilities) return capabilitiesFault(input) === null;
  if (entrypoint === ENTRYPOINTS.delegation) return changeFault(input) === null;
  return entrypoint !== ENTRYPOINTS.logTreatment && inputFault(input) === null;
}

function peopleLines(input: Told): string[] {
  return [
    `  who      ${whoOf(input)}`,
    `  company  ${companyOf(input.access)}`,
    `  asked    ${askedOf(input)}`,
  ];
}

function whoOf(input: Told): string {
  const { caller, authenticated } = 'route' in input ? input : { caller: null, authenticated: true };
  const token = authenticated ? '' : ' without a token';
  const asking = caller === null ? 'a person' : `the module ${caller.module} on behalf of a person`;
  return `${asking}${token}, ${memberOf(input.access)}`;
}

function memberOf(access: AccessFacts | null): string {
  if (access === null) return 'of no company';
  const { membership, modules, permissions } = access;
  const member = membership === null ? 'no member' : `${membership.status} member`;
  return `${member}, granted modules: ${listOf(modules)}; permissions: ${listOf(permissions)}`;
}

function companyOf(access: AccessFacts | null): string {
  if (access === null) return 'none';
  if (access.resolved) return 'judged by Auth';
  const packages = access.subscriptions.map((row) => `${row.package} (${periodOf(row)})`);
  const addons = access.addons.map((row) => `${row.addon} (${periodOf(row)})`);
  return `packages: ${listOf(packages)}; add-ons: ${listOf(addons)}`;
}

function periodOf({ status, started, ended }: PeriodFacts): string {
  return `${status}${started ? '' : ', not begun'}${ended ? ', ended' : ''}`;
}

function askedOf(input: Told): string {
  if ('change' in input) {
    const { change, target, role, units } = input;
    return `to make the change ${JSON.stringify(change)} to ${JSON.stringify(target)}, with the role ${JSON.stringify(role)} and the units ${JSON.stringify(units)}`;
  }
  if ('role' in input) {
    const { role } = input;
    return `what they can do, and hand on with the role ${JSON.stringify(role)}`;
  }
  if (!('route' in input)) return 'every capability';
  const { route, caller } = input;
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
