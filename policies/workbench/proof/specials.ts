/** Questions that belong to no block: the closed list, what the contract does not know, and the log's own policy. */
import { REASONS, type CatalogData, type Decision, type LogInput } from '../../contract.ts';
import { ENTRYPOINTS } from '../../engine/entrypoints.ts';
import { isWholeTreatment } from './answers.ts';
import type { Court } from './court.ts';
import { ends, product, type Size } from './dimensions.ts';
import { examineMalformed } from './malformed.ts';
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
