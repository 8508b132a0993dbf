import { routesOf } from '../../../../modules/manifest/derive.ts';
import type { ManifestRoute } from '../../../../modules/manifest/manifest.ts';
import { expectation } from '../lab/judge.ts';
import { type Lab, WAYS } from '../lab/lab.ts';
import { pathOf, type ProbedRoute } from '../lab/sample.ts';
import { type Trial, trial } from './probe.ts';

/** A route as the running service has it. */
export interface LiveRoute {
  method: string;
  path: string;
}

const GUESSES = [
  '/',
  '/metrics',
  '/debug',
  '/debug/pprof/',
  '/admin',
  '/internal',
  '/api',
  '/api/auth',
  '/graphql',
  '/swagger.json',
  '/openapi.json',
  '/docs',
  '/.env',
  '/.git/config',
  '/package.json',
  '/__debug',
  '/env',
  '/actuator',
];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** 16: guessed paths, undeclared methods of declared paths, and what the running router itself tells. */
export async function undeclared(lab: Lab, live: LiveRoute[] = []): Promise<Trial[]> {
  const { key } = lab.manifest;
  const declared = routesOf(lab.manifest);
  const isDeclared = ({ method, path }: LiveRoute) =>
    declared.some((route) => route.method === method && shape(route.path) === shape(path));
  const guesses = [
    ...GUESSES,
    ...['', '/', '/debug', '/admin', '/internal', '/metrics', '/nothing-here', '/export'].map(
      (it) => `/api/${key}${it}`,
    ),
  ].flatMap((path) => ['GET', 'POST'].map((method) => ({ method, path })));
  const methods = lab.routes.flatMap(({ path }) => METHODS.map((method) => ({ method, path })));
  const found = [...methods, ...guesses, ...live].filter((it) => !isDeclared(it));
  const unique = [...new Map(found.map((it) => [`${it.method} ${shape(it.path)}`, it])).values()];
  const trials = unique.flatMap(({ method, path }) => ask(lab, method, path));
  return Promise.all(trials);
}

/** By nobody, and by somebody who may do everything there is. */
function ask(lab: Lab, method: string, path: string): Promise<Trial>[] {
  const place: ManifestRoute = { id: '', service: lab.service, method, path, access: 'module', headers: [] };
  const route: ProbedRoute = { ...place, name: `${method} ${path}` };
  const at = { method, path: pathOf({ path: path.replace(/:(\w+)/g, '{$1:uuid}') }) };
  const body = method === 'GET' || method === 'DELETE' ? undefined : {};
  const judge = (exchange: { status: number; text: string }) =>
    [400, 401, 404, 405].includes(exchange.status) ? undefined : expectation('401 or 404', exchange as never);
  const person = lab.person();
  return [
    trial(`${method} ${path}, by a stranger`, lab.call(route, { ...at, body }), judge),
    ...WAYS.map((way) =>
      trial(
        `${method} ${path}, by ${way}`,
        lab.call(route, { ...at, body, credentials: lab.credentials(route, person, way) }),
        judge,
      ),
    ),
  ];
}

/** The names of parameters make no other route. */
function shape(path: string): string {
  return path.replace(/\{[^}]*\}|:\w+|\*\w+/g, '{}');
}
