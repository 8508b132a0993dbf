/** What a refused request could change, tried out on the policy itself. What it should be: policies/proof/remedies.rego */
import { isDeepStrictEqual } from 'node:util';
import { REMEDIES, type AccessFacts, type DecisionInput, type Remedy } from '../../contract.ts';
import { ENTRYPOINTS } from '../../engine/entrypoints.ts';
import type { Court } from './court.ts';
import { fitting } from './dimensions.ts';
import { MEMBER, everythingBut } from './people.ts';
import { PURCHASES, changed, changesFor, type Change } from './remedy-changes.ts';
import { choicesOf, isInOrder, kindOf, unnamedOf, waysOf, type Allows } from './remedy-list.ts';
import { routeOf, subjectOf } from './words.ts';

/** A request with its answers, as JSON text. */
export interface Explained {
  sweep: string;
  question: string;
  /** The cell without its answer. */
  facts: string;
  decision: string;
  explanation: string;
}

type Asked = DecisionInput & { access: AccessFacts };

export function examineRemedies(court: Court, { sweep, question, facts, ...told }: Explained): void {
  const input = JSON.parse(question) as DecisionInput;
  if (input.access === null) return;
  const text = court.ask(ENTRYPOINTS.remedies, question);
  const possible = possibleFor(court, input as Asked);
  const seen = [facts, told.decision, told.explanation, text, JSON.stringify(possible)].join(' ');
  const { tried } = memoryOf(court);
  if (tried.has(seen)) return;
  tried.add(seen);
  const remedies: unknown = text === null ? null : JSON.parse(text);
  const whole = isWholeRemedies(remedies);
  const shown = (JSON.parse(told.explanation) as { remedies: Remedy[] }).remedies;
  const answer = JSON.stringify({
    whole,
    shown: shown.length === 0 ? 'none' : isDeepStrictEqual(shown, remedies) ? 'all' : 'others',
    ...(whole ? triedOut(court, input as Asked, possible, remedies) : {}),
  });
  const cell = `{"kind":"remedies",${facts},"answer":{"decision":${told.decision},${answer.slice(1)}}`;
  court.present(cell, { sweep, entrypoint: ENTRYPOINTS.remedies, question });
}

function possibleFor(court: Court, { route, caller, access }: Asked): Change[] {
  const module = subjectOf(court.declared, route, caller) ?? '';
  const { permission = '' } = routeOf(court.declared, route) ?? {};
  return changesFor(court, access, { module, permission });
}

function isWholeRemedies(answer: unknown): answer is Remedy[] {
  const isRemedy = ({ type, who }: Partial<Remedy>): boolean =>
    type !== undefined && REMEDIES.includes(type) && typeof who === 'string';
  return Array.isArray(answer) && answer.every((it) => isRemedy(it as Partial<Remedy>));
}

function triedOut(court: Court, input: Asked, possible: Change[], remedies: Remedy[]): object {
  const allows: Allows = (changes) => {
    const access = changes.reduce((it, change) => changed(it, change, court.declared), input.access);
    return isAllowed(court, { ...input, access });
  };
  const kinds = remedies.map((remedy) => kindOf(remedy, possible));
  const bought = remedies.filter((_, at) => PURCHASES.includes(kinds[at] ?? ''));
  const rest = remedies.filter((it) => !bought.includes(it));
  const purchases = possible.filter(({ kind }) => PURCHASES.includes(kind));
  const isEnough: Allows = (ways) => allows([...rest, ...ways]);
  return {
    remedies: remedies.map(({ type, who }) => [type, who]),
    kinds,
    inOrder: isInOrder(remedies),
    enough: choicesOf(remedies).every(allows),
    needless: remedies.filter((it) => allows(remedies.filter((other) => other !== it))).length,
    reachable: isReachable(court, input),
    unnamed: unnamedOf(remedies, kinds, possible, allows).length,
    ways: bought.length === 0 ? [] : waysOf(purchases, isEnough),
  };
}

interface Memory {
  tried: Set<string>;
  reached: Map<string, boolean>;
}

const memories = new WeakMap<Court, Memory>();

function memoryOf(court: Court): Memory {
  const memory = memories.get(court) ?? { tried: new Set(), reached: new Map() };
  memories.set(court, memory);
  return memory;
}

/** Whether any member of any company could be allowed: whoever has the right base, all that sells it, every grant. */
function isReachable(court: Court, { route, authenticated, caller }: Asked): boolean {
  const { reached } = memoryOf(court);
  const key = JSON.stringify([route, authenticated, caller]);
  const known = reached.get(key);
  if (known !== undefined) return known;
  const module = subjectOf(court.declared, route, caller) ?? '';
  const { modules, permissions } = everythingBut(court.declared, null);
  const found = fitting(court.declared, module).some((company) => {
    const access = { membership: MEMBER, ...company, modules: [...modules, module], permissions };
    return isAllowed(court, { route, authenticated, caller, access });
  });
  reached.set(key, found);
  return found;
}

function isAllowed({ ask }: Court, input: DecisionInput): boolean {
  return ask(ENTRYPOINTS.decision, JSON.stringify(input))?.startsWith('{"allow":true') === true;
}
