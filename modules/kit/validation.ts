import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { JsonSchema } from '../manifest/fields.ts';
import { invalid } from './errors.ts';

const OPTIONS = { allowUnionTypes: true };
/** A query holds nothing but text: numbers are read from it. */
const COERCING = { ...OPTIONS, coerceTypes: true, useDefaults: true };

/** More values than somebody would mend by a list of faults; a body can hold half a million. */
const MANY = 1000;

/** Tells the first fault of a value, or each of them. */
type Validators = Record<'first' | 'all', Ajv2020>;

const strict = validators({ ...OPTIONS, strictRequired: false });
const coercing = validators(COERCING);

function validators(options: Options): Validators {
  return { first: formatted(options), all: formatted({ ...options, allErrors: true }) };
}

function formatted(options: Options): Ajv2020 {
  const ajv = addFormats.default(new Ajv2020(options), ['uuid', 'date', 'date-time']);
  const { validate: isMoment } = ajv.formats['date-time'] as { validate: (text: string) => boolean };
  // A leap second or `+02` is a moment to PostgreSQL and none to JavaScript, which compares it with nothing.
  const isReadAlike = (text: string): boolean => isMoment(text) && !Number.isNaN(Date.parse(text));
  return ajv.addFormat('date-time', isReadAlike);
}

/** A type guard from a schema. */
export function compile<T>(schema: JsonSchema): ValidateFunction<T> {
  return strict.first.compile<T>(schema);
}

/** A check of a request body. Throws `validation_error` with every field at once; of a very long body with the first. */
export function bodyChecker(schema: JsonSchema): (body: unknown) => Record<string, unknown> {
  return checker(strict, schema, 'the body is not valid');
}

/** The same for a query; answers a copy with numbers and defaults in place. */
export function queryChecker(
  schema: JsonSchema,
): (query: Record<string, unknown>) => Record<string, unknown> {
  const check = checker(coercing, schema, 'the query is not valid');
  return (query) => check({ ...query });
}

function checker(
  by: Validators,
  schema: JsonSchema,
  message: string,
): (value: unknown) => Record<string, unknown> {
  const [first, all] = [by.first.compile(schema), by.all.compile(schema)];
  return (value) => {
    if (first(value)) return value as Record<string, unknown>;
    const told = holdsMany(value) ? first : all;
    if (told === all) all(value);
    throw invalid(message, Object.fromEntries((told.errors ?? []).map(fieldFault)));
  };
}

function holdsMany(value: unknown): boolean {
  const values = [value];
  for (const it of values) {
    if (values.length > MANY) return true;
    if (typeof it === 'object' && it !== null) for (const inner of Object.values(it)) values.push(inner);
  }
  return false;
}

function fieldFault({ instancePath, params, message = 'is invalid' }: ErrorObject): [string, string] {
  const { missingProperty, additionalProperty } = params as Record<string, string | undefined>;
  if (missingProperty !== undefined) return [missingProperty, 'is missing'];
  if (additionalProperty !== undefined) return [additionalProperty, 'is unknown'];
  return [instancePath.slice(1).replaceAll('/', '.') || 'body', message];
}
