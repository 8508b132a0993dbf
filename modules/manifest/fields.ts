/** What a field of an owned entity may be, and all that follows from it: one table for validation, SQL and samples. */

export type FieldType =
  | 'text'
  | 'integer'
  | 'money'
  | 'currency'
  | 'date'
  | 'moment'
  | 'boolean'
  | 'choice'
  | 'state'
  | 'reference'
  | 'unit';

/** One column of an owned entity, as module.yaml declares it. */
export interface EntityField {
  name: string;
  type: FieldType;
  /** Whether a create must name it. States and booleans have a first value, so they may always be left out. */
  required: boolean;
  /** Whether a list can be narrowed by it: `?status=draft`. */
  filter: boolean;
  /** The module works it out by itself; a client only reads it. */
  computed: boolean;
  /** text: longest length in characters, default 200; integer: largest value. */
  max?: number;
  /** integer: smallest value, default 0. */
  min?: number;
  /** choice, state: what it may be. A state begins as the first. */
  values?: string[];
  /** state: what may follow each value; absent: anything may. A value without an entry is final. */
  next?: Record<string, string[]>;
  /** reference: an entity of this module (`space`), or one it declares to read (`promoter.event`). */
  to?: string;
  /**
   * reference: the second of the row's companies, which is the one that made what is pointed to. Then no client names
   * that company, and the reference stays as it was made.
   */
  company?: string;
}

export type JsonSchema = Record<string, unknown>;

interface TypeFacts {
  schema: (field: EntityField) => JsonSchema;
  /** Type and check of its column. */
  sql: (field: EntityField) => string;
  sample: (field: EntityField) => unknown;
  /** Read back as text, because a number or a Date would not hold it exactly. */
  asText?: true;
}

const MAX_TEXT = 200;
const MAX_INTEGER = 2_147_483_647;
const UUID = '^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$';

/** Key of a business unit, as core.business_units has it; without a question mark, which Knex would take for a value. */
const UNIT = '^[a-z0-9]+([-_][a-z0-9]+)*$';
const MAX_UNIT = 64;
export const UNIT_KEY: JsonSchema = { type: 'string', pattern: UNIT, maxLength: MAX_UNIT };

/** The field of an entity whose rows belong to business units; no manifest declares it by itself. */
export const UNIT_FIELD: EntityField = {
  name: 'unit',
  type: 'unit',
  required: true,
  filter: true,
  computed: false,
};

const oneOf: TypeFacts = {
  schema: ({ values = [] }) => ({ type: 'string', enum: values }),
  sql: ({ name, values = [] }) =>
    `text check (${name} in (${values.map((value) => `'${value}'`).join(', ')}))`,
  sample: ({ values = [] }) => values[0],
};

const FACTS: Record<FieldType, TypeFacts> = {
  // Without leading blanks; PostgreSQL stores no NUL.
  text: {
    schema: ({ max = MAX_TEXT }) => ({ type: 'string', maxLength: max, pattern: '^\\S[^\\u0000]*$' }),
    sql: ({ name, max = MAX_TEXT }) => `text check (char_length(${name}) <= ${max})`,
    sample: ({ name, max = MAX_TEXT }) => `Sample ${name.replaceAll('_', ' ')}`.slice(0, max),
  },
  integer: {
    schema: ({ min = 0, max = MAX_INTEGER }) => ({ type: 'integer', minimum: min, maximum: max }),
    sql: ({ name, min = 0, max = MAX_INTEGER }) => `integer check (${name} between ${min} and ${max})`,
    sample: ({ min = 0 }) => Math.max(min, 1),
  },
  // Decimal text with at most two places, never negative: floating point is no money.
  money: {
    schema: () => ({ type: 'string', pattern: '^(?:0|[1-9][0-9]{0,11})(?:\\.[0-9]{1,2})?$' }),
    sql: ({ name }) => `numeric(14, 2) check (${name} >= 0)`,
    sample: () => '100.00',
    asText: true,
  },
  // ISO 4217.
  currency: {
    schema: () => ({ type: 'string', pattern: '^[A-Z]{3}$' }),
    sql: ({ name }) => `text check (${name} ~ '^[A-Z]{3}$')`,
    sample: () => 'EUR',
  },
  date: {
    schema: () => ({ type: 'string', format: 'date' }),
    sql: () => 'date',
    sample: () => '2027-06-18',
    asText: true,
  },
  moment: {
    schema: () => ({ type: 'string', format: 'date-time' }),
    sql: () => 'timestamptz(3)',
    // What ends, ends after what starts.
    sample: ({ name }) => `2027-06-18T${name.startsWith('end') ? '23' : '20'}:00:00.000Z`,
  },
  boolean: { schema: () => ({ type: 'boolean' }), sql: () => 'boolean', sample: () => true },
  choice: oneOf,
  state: oneOf,
  reference: {
    schema: () => ({ type: 'string', pattern: UUID }),
    sql: ({ to = '' }) => (isForeign(to) ? 'uuid' : `uuid references ${to} (id)`),
    sample: () => '00000000-0000-4000-8000-000000000000',
  },
  unit: {
    schema: () => UNIT_KEY,
    sql: ({ name }) => `text check (${name} ~ '${UNIT}' and length(${name}) <= ${MAX_UNIT})`,
    sample: () => 'main',
  },
};

/** Whether a reference points into another module: then there is no foreign key, and the owner is asked. */
export function isForeign(to: string): boolean {
  return to.includes('.');
}

/** Whether a create must name it. */
export function isNeeded({ required, computed, type }: EntityField): boolean {
  return required && !computed && type !== 'state' && type !== 'boolean';
}

/** A value as JSON carries it; a field that is not required may also be null. */
export function schemaOf(field: EntityField): JsonSchema {
  const schema = FACTS[field.type].schema(field);
  return field.required ? schema : { anyOf: [schema, { type: 'null' }] };
}

export function isReadAsText({ type }: EntityField): boolean {
  return FACTS[type].asText === true;
}

/** `amount numeric(14, 2) check (amount >= 0) not null`: its column in `create table`. */
export function columnOf(field: EntityField): string {
  const { name, type, required, computed } = field;
  const rest = [required && !computed ? 'not null' : '', startOf(field)];
  return [name, FACTS[type].sql(field), ...rest].filter(Boolean).join(' ');
}

/** A value that is valid, for trying things. */
export function sampleOf(field: EntityField): unknown {
  return FACTS[field.type].sample(field);
}

function startOf({ type, values: [first] = [] }: EntityField): string {
  if (type === 'boolean') return 'default false';
  return type === 'state' ? `default '${first}'` : '';
}
