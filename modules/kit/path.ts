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
