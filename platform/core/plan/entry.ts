import { permissionsOf, routesOf } from '../../../modules/manifest/derive.ts';
import type { Manifest } from '../../../modules/manifest/manifest.ts';

/** Plain JSON. */
export type Facts = Record<string, unknown>;

/**
 * What the catalog holds of one module, by kind and name. All but `field` and `rest` are rows of the catalog's tables;
 * those two only stand in the manifest.
 */
export interface Parts {
  /** By key: title and purpose. */
  module: Record<string, Facts>;
  service: Record<string, Facts>;
  permission: Record<string, Facts>;
  /** By name without the module's key: plural, shared. */
  entity: Record<string, Facts>;
  /** `expense.amount` */
  field: Record<string, Facts>;
  /** `promoter.event` */
  read: Record<string, Facts>;
  /** By id. */
  route: Record<string, Facts>;
  /** `package basic_venue` or `add-on finance`: title, and the bases it is sold with; none: every base. */
  sale: Record<string, Facts>;
  /** Whatever else the manifest says. */
  rest: Record<string, Facts>;
}

export type Part = keyof Parts;

/** One module or system, as a manifest declares it or as the database holds it. */
export interface CatalogEntry {
  uid: string;
  key: string;
  type: Manifest['type'];
  parts: Parts;
}

export const packageOf = (key: string): string => `basic_${key}`;

/** What a manifest asks the catalog to hold. */
export function entryOf(manifest: Manifest): CatalogEntry {
  const { uid, key, type, title, purpose, services, owns, reads } = manifest;
  return {
    uid,
    key,
    type,
    parts: {
      module: { [key]: { title, purpose } },
      service: named(
        services,
        (service) => service,
        () => ({}),
      ),
      permission: named(
        permissionsOf(manifest),
        (it) => it.key,
        (it) => ({ title: it.title }),
      ),
      entity: named(
        owns,
        ({ entity }) => entity,
        ({ plural, shared }) => ({ plural, shared }),
      ),
      read: named(
        reads,
        ({ entity }) => entity,
        () => ({}),
      ),
      route: named(
        routesOf(manifest),
        ({ id }) => id,
        ({ id: _, ...facts }) => facts,
      ),
      sale: saleOf(manifest),
      ...manifestParts(manifest),
    },
  };
}

/** What the parts beside `field` and `rest` say already. */
const SAID_OF_MODULE = [
  'uid',
  'key',
  'type',
  'title',
  'purpose',
  'services',
  'owns',
  'reads',
  'routes',
  'soldWith',
];
const SAID_OF_ENTITY = ['entity', 'plural', 'shared', 'fields'];

/** What only the manifest knows; nothing where none is stored. */
export function manifestParts(manifest: Manifest | null): Pick<Parts, 'field' | 'rest'> {
  if (!manifest) return { field: {}, rest: {} };
  const { owns, reads } = manifest;
  const fields = owns.flatMap(({ entity, fields: declared }) =>
    declared.map(({ name, ...facts }) => ({ name: `${entity}.${name}`, facts })),
  );
  return {
    field: named(
      fields,
      ({ name }) => name,
      ({ facts }) => facts,
    ),
    rest: {
      ...named(
        Object.entries(without(manifest, SAID_OF_MODULE)),
        ([name]) => name,
        ([, is]) => ({ is }),
      ),
      ...named(
        reads,
        ({ entity }) => `reading ${entity}`,
        ({ why }) => ({ why }),
      ),
      ...named(
        owns,
        ({ entity }) => `rows of ${entity}`,
        (owned) => without(owned, SAID_OF_ENTITY),
      ),
    },
  };
}

function without(facts: object, names: string[]): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([name]) => !names.includes(name)));
}

function saleOf({ key, type, title, soldWith }: Manifest): Parts['sale'] {
  if (type === 'system') return {};
  if (type === 'base') return { [`package ${packageOf(key)}`]: { title } };
  return { [`add-on ${key}`]: { title, bases: (soldWith ?? []).toSorted() } };
}

export function named<T>(
  items: readonly T[],
  name: (item: T) => string,
  facts: (item: T) => Facts,
): Record<string, Facts> {
  return Object.fromEntries(items.map((item) => [name(item), facts(item)]));
}
