import type { EntityField, FieldType } from '../../modules/manifest/fields.ts';
import { shapeFaults } from './key.ts';

/** An entity as module.yaml writes it: what is as by default is left out. */
export interface SpecifiedEntity {
  entity: string;
  plural: string;
  shared?: true;
  scope?: 'unit';
  fields?: SpecifiedField[];
}

export type SpecifiedField = Pick<EntityField, 'name' | 'type'> &
  Partial<Omit<EntityField, 'name' | 'type' | 'computed'>>;

const PLAIN: FieldType[] = ['text', 'integer', 'money', 'currency', 'date', 'moment', 'boolean'];
export const TYPE_WORDS: readonly string[] = [...PLAIN, 'choice'];
const FLAGS = ['!shared', '!unit'];

/** Reads `--entity`. Every fault goes to `fault`, and what could be read comes back. */
export function readEntity(spec: string, fault: (message: string) => void): SpecifiedEntity {
  const [head = '', ...rest] = spec.split(':');
  const [, entity = '', given, flags = ''] = /^([^/!]*)(?:\/([^/!]*))?(![^]*)?$/.exec(head) ?? [];
  const plural = given ?? pluralOf(entity);
  for (const name of [entity, plural]) shapeFaults(name).forEach((it) => fault(`entity "${name}": ${it}`));
  const said: string[] = flags.match(/![^!]*/g) ?? [];
  for (const flag of said)
    if (!FLAGS.includes(flag)) fault(`entity ${entity}: there is no ${flag}, only ${FLAGS.join(' and ')}`);
  const list = rest.join(':');
  const fields = list === '' ? [] : list.split(',').map((field) => readField(entity, field.trim(), fault));
  return {
    entity,
    plural,
    ...(said.includes('!shared') && { shared: true }),
    ...(said.includes('!unit') && { scope: 'unit' as const }),
    ...(fields.length > 0 && { fields }),
  };
}

function readField(entity: string, spec: string, fault: (message: string) => void): SpecifiedField {
  const [, name = '', said = '', optional, filter] =
    /^([^=]*)=(.*?)(\?)?(!filter)?$/.exec(spec) ?? /^(.*)$/.exec(spec) ?? [];
  const where = `${entity}.${name}`;
  shapeFaults(name).forEach((it) => fault(`${where}: ${it}`));
  const type = typeOf(said);
  if (!type) fault(`${where}: "${said}" is no type: write <field>=<type>`);
  return {
    name,
    ...(type ?? { type: 'text' }),
    ...(optional && { required: false }),
    ...(filter && { filter: true }),
  };
}

function typeOf(said: string): Omit<SpecifiedField, 'name'> | undefined {
  const [, word = '', inside] = /^([a-z_.]+)(?:\((.*)\))?$/.exec(said) ?? [];
  if (word === 'choice' && inside) return { type: 'choice', values: inside.split('|') };
  if (word === 'text' && /^\d+$/.test(inside ?? '')) return { type: 'text', max: Number(inside) };
  const [, min, max] = /^(\d+)\.\.(\d+)$/.exec(inside ?? '') ?? [];
  if (word === 'integer' && min && max) return { type: 'integer', min: Number(min), max: Number(max) };
  if (inside !== undefined) return undefined;
  if (PLAIN.includes(word as FieldType)) return { type: word as FieldType };
  if (said.includes('>')) return { type: 'state', values: said.split('>'), next: chain(said.split('>')) };
  if (said.includes('|')) return { type: 'state', values: said.split('|') };
  return word === '' || word === 'choice' ? undefined : { type: 'reference', to: word };
}

function chain(values: string[]): Record<string, string[]> {
  return Object.fromEntries(values.slice(0, -1).map((value, index) => [value, [values[index + 1]!]]));
}

/** deal → deals, booking_history → booking_histories, box → boxes. */
export function pluralOf(name: string): string {
  if (/[^aeiou]y$/.test(name)) return name.replace(/y$/, 'ies');
  return /(?:s|x|z|ch|sh)$/.test(name) ? `${name}es` : `${name}s`;
}
