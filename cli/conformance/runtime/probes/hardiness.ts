import { refused, expectation } from '../lab/judge.ts';
import type { Exchange } from '../lab/http.ts';
import type { Call, Lab } from '../lab/lab.ts';
import { pathOf, type ProbedRoute } from '../lab/sample.ts';
import { type Trial, trial } from './probe.ts';

const REQUESTS = 200;

const BODIES: unknown[] = [
  '',
  'null',
  '[]',
  '{"a":',
  '\u0000\u0001\u0002',
  '{"__proto__":{"admin":true},"constructor":1}',
  `${'['.repeat(5000)}${']'.repeat(5000)}`,
  `{"name":"${'x'.repeat(20_000)}"}`,
  '{"name":"\\ud800","amount":1e400}',
  { name: '\u0000', amount: -1, limit: Number.MAX_SAFE_INTEGER },
];
const SUFFIXES = [
  '',
  '?limit=1e9',
  '?limit=-1&limit=2',
  "?cursor=' or 1=1 --",
  '?cursor=%00%ff',
  '?expand[]=x&__proto__[a]=1',
  '?%',
  `?q=${'a'.repeat(4000)}`,
].map((it) => it.replaceAll(' ', '%20'));
const IDS = [
  '%00',
  '%ff%fe',
  '..%2f..',
  "'%3b--",
  'null',
  '00000000-0000-0000-0000-000000000000',
  'x'.repeat(2000),
];
const METHODS = ['GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'HEAD', 'OPTIONS'];

/** 20: two hundred requests of every sort; whatever is wrong with them, none is the service's failure. */
export async function mixedRequests(lab: Lab): Promise<Trial[]> {
  const { routes } = lab;
  const person = lab.person();
  const trials = Array.from({ length: REQUESTS }, (_, index) => {
    const route = routes[index % routes.length]!;
    const path = `${pathOf(route, pick(IDS, index * 7))}${pick(SUFFIXES, index * 3)}`;
    const method = index % 3 === 0 ? pick(METHODS, index) : route.method;
    const call: Call = {
      path,
      method,
      ...(method !== 'GET' && method !== 'HEAD' && { body: pick(BODIES, index * 11) }),
      ...(index % 5 !== 0 && { credentials: lab.credentials(route, person, 'assertion') }),
    };
    return trial(`${method} ${shortened(path)}`, lab.call(route, call), survived);
  });
  return Promise.all(trials);
}

function survived(exchange: Exchange): string | undefined {
  const { status } = exchange;
  return status !== 0 && status < 500 ? undefined : expectation('an answer below 500', exchange);
}

/** 20: everything that was sent is over, and the next request is answered as the first was. */
export function stillThere(lab: Lab, route: ProbedRoute): Promise<Trial> {
  const ask = lab.call(route, { credentials: [] });
  return trial('a request after all others', ask, route.access === 'public' ? survived : refused(401));
}

function pick<T>(from: T[], index: number): T {
  return from[index % from.length]!;
}

function shortened(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
