import { isUuid } from './uuid.ts';

const PARAMETER = /\{(\w+):(\w+)\}/g;

const TYPES: Record<string, (value: string) => boolean> = {
  uuid: isUuid,
  slug: (value) => /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(value),
  integer: (value) => /^(?:0|[1-9]\d{0,15})$/.test(value),
  string: (value) => value !== '',
  path: (value) => value !== '',
};

/** `/a/{id:uuid}/{rest:path}` as the router writes it: `/a/:id/*rest`. */
export function routerPath(template: string): string {
  return template.replace(PARAMETER, (_, name: string, type: string) =>
    type === 'path' ? `*${name}` : `:${name}`,
  );
}

/** Whether every parameter is of the type its template gives it. */
export function parametersFit(template: string, values: Record<string, string>): boolean {
  return [...template.matchAll(PARAMETER)].every(
    ([, name = '', type = '']) => TYPES[type]?.(values[name] ?? '') === true,
  );
}

/** Order in which routes are tried: at the first segment that differs a literal goes before a parameter, as the gateway finds them. */
export function moreLiteralFirst(a: string, b: string): number {
  const [ranksA, ranksB] = [ranksOf(a), ranksOf(b)];
  return ranksA < ranksB ? -1 : Number(ranksA > ranksB);
}

/** One digit for each segment: literal, parameter, the rest. */
const ranksOf = (template: string): string =>
  template
    .split('/')
    .map((segment) => (segment.includes(':path}') ? 2 : segment.includes('{') ? 1 : 0))
    .join('');
