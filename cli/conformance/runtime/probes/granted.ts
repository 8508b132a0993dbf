import type { Exchange } from '../lab/http.ts';
import { envelopeFault, expectation, isSuccess, said } from '../lab/judge.ts';
import { type Lab, type Person, type Way, WAYS } from '../lab/lab.ts';
import type { ProbedRoute } from '../lab/sample.ts';
import { type RouteProbe, type Trial, trial } from './probe.ts';

/**
 * What is wrong with the answer to somebody who must be let in. Not every such request succeeds: the id may be unknown,
 * the state another; the module's own law may refuse a sample that its fields allow; and what must be confirmed by
 * another module can only be asked for the gateway's assertion.
 */
export function notLetIn(
  { manifest }: Lab,
  route: ProbedRoute,
  way: Way,
): (exchange: Exchange) => string | undefined {
  const asksOthers = way === 'token' && manifest.reads.length > 0;
  const also = [
    409,
    ...(route.path.includes('{') ? [404] : []),
    ...(route.method === 'GET' || route.method === 'DELETE' ? [] : [400]),
    ...(asksOthers ? [503] : []),
  ];
  return (exchange) => {
    const { status } = exchange;
    // A route of the module's own may speak a protocol of its own, with its own words for what is wrong.
    const isItsOwn = !route.derived && status >= 400 && status < 500 && status !== 401 && status !== 403;
    if (isSuccess(exchange) || isItsOwn) return undefined;
    return also.includes(status) ? envelopeFault(exchange) : expectation('to be let in', exchange);
  };
}

/** 11: nothing but the declared permission, and a body of what is declared. */
export const granted: RouteProbe = {
  rule: 'KSM-P11',
  async run(lab, route) {
    if (route.access === 'public') {
      return [await trial('a stranger', lab.call(route), notLetIn(lab, route, 'assertion'))];
    }
    const permissions = route.permission ? [route.permission] : [];
    const trials = await Promise.all(
      WAYS.map(async (way) => {
        const person = lab.person({ permissions });
        const it = await trial(
          `granted, by ${way}`,
          valid(lab, route, person, way),
          answered(lab, route, way),
        );
        const asked = way === 'token' && route.access === 'module' ? [rightlyAsked(lab, person)] : [];
        return [it, ...asked];
      }),
    );
    const all = trials.flat();
    const refusal = all.find(
      ({ exchange }) => exchange && route.derived && [400, 409].includes(exchange.status),
    );
    const isFine = all.every(({ fault }) => fault === undefined);
    return refusal && isFine ? { why: `its own law refuses the sample${said(refusal.exchange!.json)}` } : all;
  },
};

/** A request that names a row of this company where it needs one. */
async function valid(lab: Lab, route: ProbedRoute, person: Person, way: Way): Promise<Exchange> {
  const { derived } = route;
  const body = await lab.body(route, person);
  const needsRow = derived && route.path.includes('{');
  const row = needsRow ? await lab.row(derived.entity, person) : { why: 'none is needed' };
  return lab.call(route, { person, way, body, ...('id' in row && { id: row.id }) });
}

function answered(lab: Lab, route: ProbedRoute, way: Way): (exchange: Exchange) => string | undefined {
  const judge = notLetIn(lab, route, way);
  return (exchange) => {
    const fault = judge(exchange);
    if (fault || !isSuccess(exchange) || !route.derived || exchange.status === 204) return fault;
    const { success, data } = (exchange.json ?? {}) as { success?: unknown; data?: unknown };
    if (success !== true || data === undefined) return `${exchange.status} without { success: true, data }`;
    const isList = Array.isArray(data);
    return isList === (route.derived.kind === 'list')
      ? undefined
      : `data is ${isList ? 'a list' : 'no list'}`;
  };
}

function rightlyAsked({ world }: Lab, { userId, company }: Person): Trial {
  const what = 'the question to Auth';
  const calls = world.calls.filter((call) => call.userId === userId);
  if (calls.length === 0) return { what, fault: 'Auth was not asked' };
  if (calls.some((call) => call.company.toLowerCase() !== company))
    return { what, fault: 'Auth was asked about another company' };
  if (calls.some(({ secret }) => !secret)) return { what, fault: 'it carried no x-internal-api-key' };
  return { what, fault: undefined };
}
