/** The closed schemas of the policy's input, and the way into them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Schema {
  type?: string | string[];
  enum?: unknown[];
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: boolean | Schema;
}

export async function readSchema(policies: string, name: string): Promise<Schema> {
  return JSON.parse(await readFile(join(policies, 'schemas', `${name}.json`), 'utf8')) as Schema;
}

export type Kind = 'record' | 'table' | 'list' | 'scalar';

export function kindOf({ properties, items, additionalProperties }: Schema): Kind {
  if (properties) return 'record';
  if (items) return 'list';
  return typeof additionalProperties === 'object' ? 'table' : 'scalar';
}

/** Every scalar of it: path → the values it may have, `null` where it does not list them. */
export function leavesOf(schema: Schema, path = ''): Map<string, unknown[] | null> {
  const below = (name: string, part: Schema): [string, unknown[] | null][] => [
    ...leavesOf(part, path === '' ? name : `${path}.${name}`),
  ];
  switch (kindOf(schema)) {
    case 'record':
      return new Map(Object.entries(schema.properties!).flatMap(([name, part]) => below(name, part)));
    case 'list':
      return new Map(below('[]', schema.items!));
    case 'table':
      return new Map(below('*', schema.additionalProperties as Schema));
    case 'scalar':
      return new Map([[path, schema.enum ?? null]]);
  }
}

/** Whether it leaves anything unsaid: an object that may hold more than it lists. */
export function openPlaces(schema: Schema, path: string): string[] {
  const kind = kindOf(schema);
  if (kind === 'list') return openPlaces(schema.items!, `${path}[]`);
  if (kind === 'table') return openPlaces(schema.additionalProperties as Schema, `${path}.*`);
  if (kind === 'scalar') return isObject(schema) ? [path] : [];
  const below = Object.entries(schema.properties!).flatMap(([name, part]) =>
    openPlaces(part, `${path}.${name}`),
  );
  return schema.additionalProperties === false ? below : [path, ...below];
}

/** Names of all fields, at any depth. */
export function fieldsOf(schema: Schema): string[] {
  const parts = [...Object.values(schema.properties ?? {}), ...(schema.items ? [schema.items] : [])];
  const table = kindOf(schema) === 'table' ? [schema.additionalProperties as Schema] : [];
  return [...Object.keys(schema.properties ?? {}), ...[...parts, ...table].flatMap(fieldsOf)];
}

/** A record whose fields are all plain: reading it whole is reading each of them. */
export function isFlat(schema: Schema): boolean {
  return Object.values(schema.properties ?? {}).every((part) => kindOf(part) === 'scalar');
}

function isObject({ type }: Schema): boolean {
  return Array.isArray(type) ? type.includes('object') : type === 'object';
}
