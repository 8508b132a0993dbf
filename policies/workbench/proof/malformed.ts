/** What the contract does not know: a question that would be answered with yes, with one field of it spoilt. */
import type { AccessFacts, CatalogData, ChangeInput, DecisionInput } from '../../contract.ts';
import { ENTRYPOINTS, type Entrypoint } from '../../engine/entrypoints.ts';
import { changeFault } from '../impact/shapes.ts';
import { NOTHING, basePackages, packageRow, sellersOf, together, type Bought } from './companies.ts';
import type { Court } from './court.ts';
import { accessOf, product } from './dimensions.ts';
import { EVERY_RIGHT, MEMBER, type Grants } from './people.ts';
import { ACTIVE } from './periods.ts';
import { CHANGE_TYPES, changeOf } from './sweep-changes.ts';

const ALLOWED = '{"allow":true';

const ODD_VALUES = [undefined, null, '', 'x', 'true', 0, 1, [], {}, [true]];

/** What would be allowed, with one field missing or of another kind: nothing of that may open anything. */
export function examineMalformed(court: Court, routes: string[], callers: string[]): void {
  for (const input of allowedOnes(court, routes, callers)) examineSpoilt(court, ENTRYPOINTS.decision, input);
  for (const input of allowedChanges(court.declared)) examineSpoilt(court, ENTRYPOINTS.delegation, input);
  examineSpoilt(court, ENTRYPOINTS.capabilities, { access: resolved(oneAction(court.declared)) });
}

function examineSpoilt(court: Court, entrypoint: Entrypoint, input: object): void {
  for (const [path, value] of replacements(input)) {
    const spoilt = replaced(input, path, value);
    // Of a change many fields may as well be null or absent.
    if (entrypoint === ENTRYPOINTS.delegation && changeFault(spoilt) === null) continue;
    examineOpening(court, entrypoint, spoilt, `${path.join('.')} malformed`);
  }
}

/** @param input anything */
export function examineOpening(court: Court, entrypoint: Entrypoint, input: unknown, sweep: string): void {
  const question = JSON.stringify(input);
  const answer = court.ask(entrypoint, question) ?? '';
  const opens = entrypoint === ENTRYPOINTS.capabilities ? opensAction(answer) : answer.startsWith(ALLOWED);
  const cell = `{"kind":"malformed","answer":{"whole":true,"opens":${opens}}}`;
  court.present(cell, { sweep, entrypoint, question });
  court.count(1);
}

/** A module may be open without any permission. */
function opensAction(answer: string): boolean {
  const { actions = {} } = JSON.parse(answer || '{}') as { actions?: Record<string, { allow?: unknown }> };
  return Object.values(actions).some(({ allow }) => allow === true);
}

/** One allowed request for each route that can be entered and each caller, with nothing in it that is not needed. */
function* allowedOnes(
  { declared, ask }: Court,
  routes: string[],
  callers: string[],
): Generator<DecisionInput> {
  const allowed = (input: DecisionInput): boolean =>
    ask(ENTRYPOINTS.decision, JSON.stringify(input))?.startsWith(ALLOWED) === true;
  const calling = callers.map((module) => ({ module, method: 'GET', same_company: true }));
  const guarded = routes.filter((id) => declared.routes[id]!.access !== 'public');
  for (const [route, caller] of product(guarded, [null, ...calling])) {
    const { access, module = '', permission = '' } = declared.routes[route]!;
    const grants = { modules: [caller?.module ?? module], permissions: caller === null ? [permission] : [] };
    const asked = { route, authenticated: true, caller };
    const bought = smallest(declared, grants.modules[0]!).map((it) => accessOf(it, grants));
    for (const members of access === 'module' ? [bought, [resolved(grants)]] : [[null]]) {
      const needed = members.map((it) => ({ ...asked, access: it })).find(allowed);
      if (needed) yield needed;
    }
  }
}

function resolved(grants: Grants): AccessFacts {
  return { ...accessOf(NOTHING, grants), resolved: true };
}

function oneAction({ permissions }: CatalogData): Grants {
  const [[permission, { module }] = ['', { module: '' }]] = Object.entries(permissions);
  return { modules: [module], permissions: [permission] };
}

/** One change of each type with all that may be in it, and one without a limit, by whoever may just make it. */
function* allowedChanges(catalog: CatalogData): Generator<ChangeInput> {
  const nothing: Grants = { modules: [], permissions: [] };
  const keys = { packages: ['any'], addons: ['any'], role: EVERY_RIGHT, units: ['north'] };
  for (const type of CHANGE_TYPES) {
    const grants =
      type === 'grant' || type === 'revoke' ? oneAction(catalog) : { modules: [], permissions: [] };
    const maker = { access: resolved(grants), role: EVERY_RIGHT, units: ['north'] };
    if (type !== 'grant') maker.access = accessOf(NOTHING, nothing);
    const target = targetOf(type);
    yield { ...maker, change: changeOf(type, { ...grants, ...keys }), target };
    if (type !== 'add_member') yield { ...maker, change: changeOf(type, grants), target };
  }
  const limiting = {
    access: accessOf(NOTHING, nothing),
    role: EVERY_RIGHT,
    target: targetOf('change_member'),
  };
  yield { ...limiting, units: null, change: changeOf('change_member', { units: ['north'] }) };
  yield { ...limiting, units: ['north'], change: changeOf('change_member', { units: [] }) };
}

function targetOf(type: ChangeInput['change']['type']): ChangeInput['target'] {
  if (type === 'entitle' || type === 'unentitle') return null;
  return type === 'add_member' ? { membership: null, role: null } : { membership: MEMBER, role: EVERY_RIGHT };
}

/** Companies with a base, and with one thing more that sells the module: the smallest first. */
function smallest(catalog: CatalogData, module: string): Bought[] {
  const bases = basePackages(catalog).map((name) => packageRow(name, ACTIVE));
  const sold = sellersOf(catalog, module).map((seller) => seller(ACTIVE));
  return [...bases, ...bases.flatMap((base) => sold.map((row) => together(base, row)))];
}

type Path = (string | number)[];

function* replacements(input: object): Generator<[Path, unknown]> {
  for (const [path, value] of product([...pathsOf(input, [])], ODD_VALUES)) {
    const isNobody = path[0] === 'caller' && path.length === 1 && value === null;
    if (!isNobody) yield [path, value];
  }
}

/** The way to every field; what is empty or absent in the smallest request is not needed by it. */
function* pathsOf(value: unknown, path: Path): Generator<Path> {
  const isNeeded = value !== null && !(Array.isArray(value) && value.length === 0);
  if (path.length > 0 && (isNeeded || path[0] === 'caller')) yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    yield* pathsOf(part, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value.map((it: unknown, index) => (index === key ? replaced(it, rest, by) : it));
  const fields = value as Record<string, unknown>;
  return { ...fields, [key]: replaced(fields[key], rest, by) };
}
