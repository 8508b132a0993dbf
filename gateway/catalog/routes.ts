import FindMyWay from 'find-my-way';
import type { ManifestRoute } from '../../modules/manifest/manifest.ts';

/** A declared route, compiled once per catalog. */
export interface Route extends ManifestRoute {
  /** Template cut at its parameters: literal, parameter, literal, …; what the upstream path is built from. */
  parts: string[];
}

export interface Match {
  route: Route;
  /** Decoded values by parameter name, each of its declared type. */
  params: Record<string, string | undefined>;
}

const PARAMETER = /\{([a-z][a-zA-Z0-9_]*):(uuid|slug|integer|string|path)\}/;

/** What each parameter type matches, in find-my-way's syntax. `path` takes the rest and may only stand last. */
const TYPES: Record<string, string> = {
  uuid: '(^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$)',
  slug: '(^[a-z0-9](?:[a-z0-9]|[-_](?=[a-z0-9]))*$)',
  integer: '(^-?[0-9]{1,15}$)',
  string: '',
};

/** The routes of one catalog in a radix tree. Throws, naming the route, on a template it cannot serve. */
export class RouteTable {
  readonly size: number;
  readonly #router = FindMyWay({ caseSensitive: true, ignoreTrailingSlash: false, maxParamLength: 2048 });

  constructor(routes: ManifestRoute[]) {
    this.size = routes.length;
    for (const route of routes) this.#add(route);
  }

  /** The route for a method and a canonical path, or nothing. HEAD is judged as GET. */
  find(method: string, path: string): Match | undefined {
    const found = this.#router.find((method === 'HEAD' ? 'GET' : method) as FindMyWay.HTTPMethod, path);
    if (!found) return undefined;
    return { route: found.store as Route, params: found.params };
  }

  #add(route: ManifestRoute): void {
    try {
      const parts = route.path.split(PARAMETER_SPLIT);
      const compiled: Route = { ...route, parts: parts.map((part) => PARAMETER.exec(part)?.[1] ?? part) };
      this.#router.on(route.method as FindMyWay.HTTPMethod, parts.map(pattern).join(''), () => {}, compiled);
    } catch (cause) {
      throw new Error(`route ${route.id} (${route.method} ${route.path}) cannot be served`, { cause });
    }
  }
}

const PARAMETER_SPLIT = /(\{[^}]*\})/;

function pattern(part: string, index: number, parts: string[]): string {
  if (index % 2 === 0) return part;
  const [, name, type] = PARAMETER.exec(part) ?? [];
  if (!name || !type) throw new Error(`${part} is not a parameter: {name:uuid|slug|integer|string|path}`);
  if (type !== 'path') return `:${name}${TYPES[type]}`;
  if (index !== parts.length - 2 || parts.at(-1) !== '') throw new Error(`${part} must stand last`);
  return '*';
}

/** The upstream path, rebuilt from what was judged: literals from the template, values re-encoded. */
export function buildPath({ route, params }: Match): string {
  if (route.parts.length === 1) return route.parts[0]!;
  return route.parts
    .map((part, i) => (i % 2 === 0 ? part : encode(params[part] ?? params['*'] ?? '')))
    .join('');
}

/** Encodes each segment; a `path` parameter holds several. */
const encode = (value: string) => value.split('/').map(encodeURIComponent).join('/');
