/** Capabilities: each is judged as a request for what it stands for, and held against the explanations of its routes. */
import { isDeepStrictEqual } from 'node:util';
import type { AccessFacts, Capabilities, Capability, CatalogData, Explanation } from '../../contract.ts';
import { ENTRYPOINTS } from '../../engine/entrypoints.ts';
import { isWholeCapabilities } from './answers.ts';
import type { Block } from './block.ts';
import type { Court } from './court.ts';
import { routesOf } from './dimensions.ts';

export function examineCapabilities(court: Court, { access, capable, sweep }: Block): void {
  if (!capable || access === null) return;
  const question = JSON.stringify({ access });
  const text = court.ask(ENTRYPOINTS.capabilities, question);
  const answer: unknown = text === null ? null : JSON.parse(text);
  const whole = isWholeCapabilities(answer);
  const complete = whole && isComplete(court.declared, answer);
  const cells = [`{"kind":"capabilities","answer":${JSON.stringify({ whole, complete })}}`];
  if (complete) cells.push(...cellsOf(court, access, answer));
  for (const cell of cells) court.present(cell, { sweep, entrypoint: ENTRYPOINTS.capabilities, question });
  court.count(1);
}

function isComplete({ modules, permissions }: CatalogData, answer: Capabilities): boolean {
  const keys = (table: object): string[] => Object.keys(table).sort();
  return (
    isDeepStrictEqual(keys(answer.modules), keys(modules)) &&
    isDeepStrictEqual(keys(answer.actions), keys(permissions))
  );
}

/** Each as a request for what it stands for; those that stand alike are told once. */
function cellsOf(court: Court, access: AccessFacts, { modules, actions }: Capabilities): Set<string> {
  const { declared } = court;
  const tell = teller(court, access);
  const explained = explainer(court, access);
  const may = new Set(access.permissions);
  const cells = new Set<string>();
  for (const [module, said] of Object.entries(modules)) {
    const [route] = routesOf(declared, module).filter((id) => declared.routes[id]!.permission !== undefined);
    // A module asks for no permission: each of its routes says the same, but for that.
    const agrees = route === undefined || isDeepStrictEqual(said, withoutPermission(explained(route)));
    cells.add(tell('module', module, true, said, agrees));
  }
  for (const [permission, said] of Object.entries(actions)) {
    const { module } = declared.permissions[permission]!;
    const routes = compared(access, permission) ? routesOf(declared, module) : [];
    const asking = routes.filter((id) => declared.routes[id]!.permission === permission);
    const agrees = asking.every((id) => isDeepStrictEqual(said, explained(id)));
    cells.add(tell('permission', module, may.has(permission), said, agrees));
  }
  return cells;
}

const TURNS = 8;

/** Explanations take long: each permission is compared in some of the companies, another in others. */
function compared({ addons, subscriptions, modules, permissions }: AccessFacts, permission: string): boolean {
  const turn = addons.length + subscriptions.length + modules.length + permissions.length;
  return (permission.length + permission.charCodeAt(0) + turn) % TURNS === 0;
}

function teller({ words }: Court, access: AccessFacts) {
  const entered = new Set(access.modules);
  const known = new Map<string, string>();
  const companyOf = (module: string): string => {
    const company = known.get(module) ?? words.company(access, module);
    known.set(module, company);
    return company;
  };
  return (item: string, module: string, permission: boolean, said: Capability, agrees: boolean): string => {
    const { allow, reasons } = said;
    const itself = entered.has(module);
    const elsewhere = entered.size > Number(itself) || access.permissions.length > Number(permission);
    const granted = { module: itself, permission, elsewhere };
    const answer = { decision: { allow, reason: reasons[0] ?? null }, explanation: { allow, reasons } };
    return [
      `{"kind":"capability","item":"${item}","route":{"access":"module"},"token":true,"caller":null`,
      companyOf(module),
      `"granted":${JSON.stringify(granted)},"lost":[]`,
      `"answer":${JSON.stringify({ whole: true, agrees, ...answer })}}`,
    ].join(',');
  };
}

function explainer({ ask }: Court, access: AccessFacts): (route: string) => Explanation | null {
  return (route) => {
    const question = JSON.stringify({ route, authenticated: true, caller: null, access });
    const text = ask(ENTRYPOINTS.explanation, question);
    return text === null ? null : (JSON.parse(text) as Explanation);
  };
}

function withoutPermission(explanation: Explanation | null): Capability | null {
  if (explanation === null) return null;
  const reasons = explanation.reasons.filter((it) => it !== 'permission_missing');
  const remedies = explanation.remedies.filter(({ type }) => type !== 'grant_permission');
  return { allow: reasons.length === 0, reasons, remedies } as Capability;
}
