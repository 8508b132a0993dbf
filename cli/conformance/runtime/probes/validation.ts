import { refused } from '../lab/judge.ts';
import type { ProbedRoute } from '../lab/sample.ts';
import { onModuleRoutes, type RouteProbe, trial } from './probe.ts';

const BODIES: [what: string, body: unknown][] = [
  ['a body that is no JSON', 'not json'],
  ['half a JSON document', '{"name":'],
  ['a list', []],
  ['text', '"text"'],
  ['null', 'null'],
  ['an unknown field', { nobody_declares_this: 1 }],
  ['a body of nothing', {}],
];

const QUERIES = ['limit=0', 'limit=many', 'limit=1&limit=2', 'cursor=!'];

/** 12: the same request, by somebody who may and somebody who may not. */
export const validation: RouteProbe = {
  rule: 'KSM-P12',
  run: onModuleRoutes(async (lab, route) => {
    const permissions = [route.permission!];
    const cases = invalidRequests(route);
    if (cases.length === 0) return undefined;
    const kind = route.derived?.kind;
    const known = kind === 'list' || kind === 'create';
    const trials = cases.map(async ({ what, path, body }) => {
      const may = lab.person({ permissions });
      const mayNot = lab.person({ permissions: [] });
      // A row that is not there may be found missing before its body is read.
      const right = known ? refused(400) : refused(400, 404);
      const one = await lab.call(route, { person: may, body });
      const at = path === undefined ? {} : { path: `${one.sent.path}?${path}` };
      return Promise.all([
        trial(`${what}, by who may not`, lab.call(route, { person: mayNot, body, ...at }), refused(403)),
        ...(route.derived ? [trial(what, lab.call(route, { person: may, body, ...at }), right)] : []),
      ]);
    });
    return (await Promise.all(trials)).flat();
  }),
};

function invalidRequests({
  derived,
  method,
}: ProbedRoute): { what: string; path?: string; body?: unknown }[] {
  if (derived?.kind === 'list') return QUERIES.map((path) => ({ what: `?${path}`, path }));
  if (!['POST', 'PUT', 'PATCH'].includes(method)) return [];
  return BODIES.filter(([, body]) => !isAllowed(derived, body)).map(([what, body]) => ({ what, body }));
}

/** An entity without needed fields can be made of nothing. */
function isAllowed(derived: ProbedRoute['derived'], body: unknown): boolean {
  if (derived?.kind !== 'create' || JSON.stringify(body) !== '{}') return false;
  const { fields, companies } = derived.entity;
  return companies.length === 1 && !fields.some(({ required, computed }) => required && !computed);
}
