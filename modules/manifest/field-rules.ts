import type { Fault } from './fault.ts';
import { isForeign, type EntityField, type FieldType } from './fields.ts';
import type { Manifest, OwnedEntity } from './manifest.ts';
import { columnNameFaults, tableNameFaults } from './sql-names.ts';

/** What only some types know, and which of them cannot do without. */
const OPTIONS: Record<
  'max' | 'min' | 'values' | 'next' | 'to' | 'company',
  { types: FieldType[]; needed: boolean }
> = {
  max: { types: ['text', 'integer'], needed: false },
  min: { types: ['integer'], needed: false },
  values: { types: ['choice', 'state'], needed: true },
  next: { types: ['state'], needed: false },
  to: { types: ['reference'], needed: true },
  company: { types: ['reference'], needed: false },
};

/** Columns every entity has, and words of a list's query. */
const RESERVED = ['id', 'created_at', 'updated_at', 'limit', 'cursor', 'expand'];

/** How a manifest's entities can be tables, and how their fields must fit together. */
export function fieldFaults(manifest: Manifest): Fault[] {
  return manifest.owns.flatMap((owned, entity) => {
    const path = ['spec', 'data', 'owns', entity];
    return [
      ...tableNameFaults(owned.entity).map((message) => ({
        path: [...path, 'entity'],
        message: `entity ${owned.entity} ${message}`,
      })),
      ...scopeFaults(owned).map((message) => ({ path: [...path, 'scope'], message })),
      ...owned.fields.flatMap((field, index) =>
        messages(field, owned, manifest).map((message) => ({
          path: [...path, 'fields', index],
          message: `${owned.entity}.${field.name} ${message}`,
        })),
      ),
    ];
  });
}

/** A unit belongs to one company: for another one, and for everyone, its key means nothing. */
function scopeFaults({ entity, scope, companies, audience }: OwnedEntity): string[] {
  if (scope !== 'unit') return [];
  return [
    ...(companies.length > 1
      ? [`${entity} is of two companies, so its rows belong to no business unit`]
      : []),
    ...(audience === 'everyone' ? [`${entity} is for everyone, so its rows belong to no business unit`] : []),
  ];
}

function messages(field: EntityField, { fields, companies }: OwnedEntity, manifest: Manifest): string[] {
  const { name } = field;
  return [
    ...(RESERVED.includes(name) || companies.includes(name) ? ['is a name every entity has already'] : []),
    ...(fields.find((other) => other.name === name) === field ? [] : [twice(field)]),
    ...columnNameFaults(name),
    ...optionFaults(field),
    ...nextFaults(field),
    ...targetFaults(field, manifest),
    ...companyFaults(field, companies),
    ...(field.type === 'integer' && (field.min ?? 0) > (field.max ?? Infinity) ? ['has min above max'] : []),
  ];
}

function twice({ type }: EntityField): string {
  return type === 'unit' ? 'is declared, and scope: unit gives it already' : 'is declared twice';
}

function optionFaults(field: EntityField): string[] {
  return Object.entries(OPTIONS).flatMap(([option, { types, needed }]) => {
    const given = field[option as keyof typeof OPTIONS] !== undefined;
    const fits = types.includes(field.type);
    if (given && !fits) return [`is of type ${field.type}, which knows no ${option}`];
    return needed && fits && !given ? [`is of type ${field.type}, which needs ${option}`] : [];
  });
}

function nextFaults({ values = [], next = {} }: EntityField): string[] {
  const named = [...Object.keys(next), ...Object.values(next).flat()];
  const unknown = [...new Set(named.filter((value) => !values.includes(value)))];
  return unknown.map((value) => `names ${value} in next, which is not one of its values`);
}

function companyFaults({ company, required }: EntityField, [, second]: string[]): string[] {
  if (company === undefined) return [];
  if (company !== second) return [`gives ${company}, which is not the second of its companies`];
  return required ? [] : [`gives ${company}, so it cannot be left out`];
}

function targetFaults({ to }: EntityField, { key, owns, reads }: Manifest): string[] {
  if (to === undefined) return [];
  if (isForeign(to)) {
    return reads.some(({ entity }) => entity === to)
      ? []
      : [`points to ${to}, which spec.data.reads does not declare`];
  }
  return owns.some(({ entity }) => entity === to) ? [] : [`points to ${to}, which ${key} does not own`];
}
