import { expectation, isSuccess } from '../lab/judge.ts';
import type { Exchange } from '../lab/http.ts';
import { type Lab, WAYS } from '../lab/lab.ts';
import { pathOf, type ProbedRoute } from '../lab/sample.ts';
import { type RouteProbe, type Trial, trial } from './probe.ts';

const OVERRIDES = ['x-http-method-override', 'x-http-method', 'x-method-override'];

/** 15: nobody gets further by another spelling than by the right one. */
export const paths: RouteProbe = {
  rule: 'KSM-P15',
  async run(lab, route) {
    if (route.access === 'public') return undefined;
    const canonical = pathOf(route);
    const body = await lab.body(route, lab.person());
    const tricks = [
      ...spellings(canonical).map((path) => ({
        what: path.replace(canonical, route.path),
        path,
        method: route.method,
      })),
      ...['HEAD', 'OPTIONS', 'TRACE', 'PUT', 'PROPFIND']
        .filter((method) => method !== route.method)
        .map((method) => ({ what: `${method} instead`, path: canonical, method })),
    ];
    const asStranger = tricks.map(({ what, ...at }) =>
      trial(`${what}, by a stranger`, lab.call(route, { ...at, body }), judge([400, 401, 404, 405, 501])),
    );
    const person = lab.person({ permissions: [] });
    const denied = {
      token: lab.credentials(route, person, 'token'),
      assertion: lab.credentials(route, person, 'assertion'),
    };
    const asDenied = tricks.flatMap(({ what, ...at }) =>
      (route.access === 'module' ? WAYS : []).map((way) => {
        return trial(
          `${what}, by ${way} without the permission`,
          lab.call(route, { ...at, credentials: denied[way], body }),
          judge([400, 401, 403, 404, 405, 501]),
        );
      }),
    );
    return [...(await Promise.all([...asStranger, ...asDenied])), ...(await overridden(lab, route, body))];
  },
};

function judge(statuses: number[]): (exchange: Exchange) => string | undefined {
  return (exchange) =>
    statuses.includes(exchange.status) ? undefined : expectation(statuses.join(', '), exchange);
}

function spellings(path: string): string[] {
  const at = path.lastIndexOf('/');
  const [head, last] = [path.slice(0, at), path.slice(at + 1)];
  return [
    `${path}/`,
    `${path}//`,
    `/${path}`,
    path.toUpperCase(),
    path.replace('/api/', '/Api/'),
    `${head}//${last}`,
    `${head}/./${last}`,
    `${head}/x/../${last}`,
    `${head}/x/%2e%2e/${last}`,
    `${head}%2f${last}`,
    `${head}%5c${last}`,
    `${head}\\${last}`,
    `${path};x=1`,
    `${path}%00`,
    `${path}%20`,
    `${path}.json`,
    `${path}/.`,
    `http://elsewhere.test${path}`,
    `${head}/${[...last].map((char) => `%${char.charCodeAt(0).toString(16)}`).join('')}`,
  ];
}

/** Who may read and no more sends a GET that says it is another method: it reads, and nothing else happens. */
async function overridden(lab: Lab, route: ProbedRoute, body: unknown): Promise<Trial[]> {
  const { derived, method, path } = route;
  const reading = lab.routes.find((it) => it.method === 'GET' && it.path === path && it.derived);
  if (!derived || !reading || method === 'GET') return [];
  const reader = lab.person({ permissions: [reading.permission!] });
  const row = path.includes('{') ? await lab.row(derived.entity, reader) : undefined;
  const id = row && 'id' in row ? { id: row.id } : {};
  const read = (headers: [string, string][] = []) =>
    lab.call(reading, { person: reader, ...id, headers, ...(headers.length > 0 && { body }) });
  const before = await read();
  if (!isSuccess(before)) return [];
  const trials: Trial[] = [];
  for (const header of OVERRIDES) {
    trials.push(
      await trial(`GET with ${header}: ${method}`, read([[header, method]]), (exchange) =>
        exchange.status === before.status && exchange.text === before.text
          ? undefined
          : expectation('what GET alone answers', exchange),
      ),
    );
  }
  return trials;
}
