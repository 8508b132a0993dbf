/** Questions that belong to no block: the closed list, what the contract does not know, and the log's own policy. */
import {
  REASONS,
  type CatalogData,
  type Decision,
  type DecisionInput,
  type LogInput,
} from '../../contract.ts';
import { ENTRYPOINTS } from '../../engine/entrypoints.ts';
import { isWholeTreatment } from './answers.ts';
import type { Court } from './court.ts';
import { accessOf, ends, product, type Size } from './dimensions.ts';
import { basePackages, packageRow, sellersOf, together, type Bought } from './companies.ts';
import { ACTIVE } from './periods.ts';
import { callingModules } from './people.ts';

export function examineSpecials(court: Court, size: Size): void {
  const { declared } = court;
  const routes = size === 'all' ? Object.keys(declared.routes) : oneOfEachAccess(declared);
  const callers = size === 'all' ? callingModules(declared) : ends(callingModules(declared));
  examineReasonList(court);
  examineMalformed(court, routes, callers);
  examineLog(court, routes, callers);
}

function oneOfEachAccess({ routes }: CatalogData): string[] {
  const known = Object.entries(routes);
  return [
    ...new Map(known.map(([id, { access, method }]) => [`${access} ${method === 'GET'}`, id])).values(),
  ];
}

export function examineReasonList({ ask, present, count }: Court): void {
  const question = '{"route":null}';
  const text = ask(ENTRYPOINTS.reasons, question);
  const cell = `{"kind":"reasons","answer":{"whole":${text !== null},"reasons":${text}}}`;
  present(cell, { sweep: 'reasons', entrypoint: ENTRYPOINTS.reasons, question });
  count(1);
}

const ODD_VALUES = [undefined, null, '', 'x', 'true', 0, 1, [], {}, [true]];

/** What would be allowed, with one field missing or of another kind: nothing of that may open anything. */
function examineMalformed(court: Court, routes: string[], callers: string[]): void {
  for (const input of allowedOnes(court, routes, callers)) {
    for (const [path, value] of replacements(input)) {
      examineOpening(court, replaced(input, path, value), `${path.join('.')} malformed`);
    }
  }
}

/** @param input anything */
export function examineOpening({ ask, present, count }: Court, input: unknown, sweep: string): void {
  const question = JSON.stringify(input);
  const opens = ask(ENTRYPOINTS.decision, question)?.startsWith('{"allow":true') === true;
  const cell = `{"kind":"malformed","answer":{"whole":true,"opens":${opens}}}`;
  present(cell, { sweep, entrypoint: ENTRYPOINTS.decision, question });
  count(1);
}

/** One allowed request for each route that can be entered and each caller, with nothing in it that is not needed. */
function* allowedOnes(
  { declared, ask }: Court,
  routes: string[],
  callers: string[],
): Generator<DecisionInput> {
  const allowed = (input: DecisionInput): boolean =>
    ask(ENTRYPOINTS.decision, JSON.stringify(input))?.startsWith('{"allow":true') === true;
  const calling = callers.map((module) => ({ module, method: 'GET', same_company: true }));
  const guarded = routes.filter((id) => declared.routes[id]!.access !== 'public');
  for (const [route, caller] of product(guarded, [null, ...calling])) {
    const { access, module = '', permission = '' } = declared.routes[route]!;
    const grants = { modules: [caller?.module ?? module], permissions: caller === null ? [permission] : [] };
    const asked = { route, authenticated: true, caller };
    const members = smallest(declared, grants.modules[0]!).map((bought) => accessOf(bought, grants));
    const inputs =
      access === 'module' ? members.map((it) => ({ ...asked, access: it })) : [{ ...asked, access: null }];
    const needed = inputs.find(allowed);
    if (needed) yield needed;
  }
}

/** Companies with a base, and with one thing more that sells the module: the smallest first. */
function smallest(catalog: CatalogData, module: string): Bought[] {
  const bases = basePackages(catalog).map((name) => packageRow(name, ACTIVE));
  const sold = sellersOf(catalog, module).map((seller) => seller(ACTIVE));
  return [...bases, ...bases.flatMap((base) => sold.map((row) => together(base, row)))];
}

type Path = (string | number)[];

function* replacements(input: DecisionInput): Generator<[Path, unknown]> {
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

/** Every route × caller × result. */
function examineLog(court: Court, known: string[], callers: string[]): void {
  const results: Decision[] = [
    { allow: true, reason: null },
    ...REASONS.map((reason) => ({ allow: false, reason })),
  ];
  const routes = [null, 'unheard.of.get', ...known];
  for (const [route, caller, result] of product(routes, [null, ...callers], results)) {
    examineTreatment(court, { route, caller, result });
  }
}

export function examineTreatment({ words, ask, present, count }: Court, input: LogInput): void {
  const question = JSON.stringify(input);
  const text = ask(ENTRYPOINTS.logTreatment, question);
  const treatment: unknown = text === null ? null : JSON.parse(text);
  const whole = isWholeTreatment(treatment);
  const answer = JSON.stringify({ whole, ...(whole ? treatment : {}) });
  const cell = `{"kind":"log",${words.route(input.route)},"answer":${answer}}`;
  present(cell, { sweep: 'log', entrypoint: ENTRYPOINTS.logTreatment, question });
  count(1);
}
