import type { JsonSchema } from './validation.ts';

/** One column a client may write. */
export interface Field {
  schema: JsonSchema;
  /** Whether a create must name it; otherwise the database's default counts. */
  required: boolean;
  /** Read as text, because a number or a Date would not hold it exactly. */
  asText: boolean;
}

function field(schema: JsonSchema, asText = false): Field {
  return { schema, required: true, asText };
}

/** Without leading blanks; PostgreSQL stores no NUL. */
export const text = (maxLength: number): Field =>
  field({ type: 'string', maxLength, pattern: '^\\S[^\\u0000]*$' });

export const integer = (minimum: number, maximum: number): Field =>
  field({ type: 'integer', minimum, maximum });

export const oneOf = (...values: string[]): Field => field({ type: 'string', enum: values });

/** Decimal text with at most two places, never negative: floating point is no money. */
export const money = (): Field =>
  field({ type: 'string', pattern: '^(?:0|[1-9][0-9]{0,11})(?:\\.[0-9]{1,2})?$' }, true);

/** ISO 4217. */
export const currency = (): Field => field({ type: 'string', pattern: '^[A-Z]{3}$' });

export const date = (): Field => field({ type: 'string', format: 'date' }, true);

export const moment = (): Field => field({ type: 'string', format: 'date-time' });

export const uuid = (): Field =>
  field({ type: 'string', pattern: '^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' });

/** May be left out or null. */
export const optional = ({ schema, asText }: Field): Field => ({
  schema: { anyOf: [schema, { type: 'null' }] },
  required: false,
  asText,
});

/** May be left out: the table knows the default. */
export const defaulted = (given: Field): Field => ({ ...given, required: false });
