import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { JsonSchema } from '../manifest/fields.ts';
import { invalid } from './errors.ts';

const strict = formatted(new Ajv2020({ allErrors: true, allowUnionTypes: true, strictRequired: false }));
/** A query holds nothing but text: numbers are read from it. */
const coercing = formatted(
  new Ajv2020({ allErrors: true, allowUnionTypes: true, coerceTypes: true, useDefaults: true }),
);

function formatted(ajv: Ajv2020): Ajv2020 {
  return addFormats.default(ajv, ['uuid', 'date', 'date-time']);
}

/** A type guard from a schema. */
export function compile<T>(schema: JsonSchema): ValidateFunction<T> {
  return strict.compile<T>(schema);
}

/** A check of a request body. Throws `validation_error` with every field at once. */
export function bodyChecker(schema: JsonSchema): (body: unknown) => Record<string, unknown> {
  return checker(strict.compile(schema), 'the body is not valid');
}

/** The same for a query; answers a copy with numbers and defaults in place. */
export function queryChecker(
  schema: JsonSchema,
): (query: Record<string, unknown>) => Record<string, unknown> {
  const check = checker(coercing.compile(schema), 'the query is not valid');
  return (query) => check({ ...query });
}

function checker(validate: ValidateFunction, message: string): (value: unknown) => Record<string, unknown> {
  return (value) => {
    if (!validate(value)) throw invalid(message, Object.fromEntries((validate.errors ?? []).map(fieldFault)));
    return value as Record<string, unknown>;
  };
}

function fieldFault({ instancePath, params, message = 'is invalid' }: ErrorObject): [string, string] {
  const { missingProperty, additionalProperty } = params as Record<string, string | undefined>;
  if (missingProperty !== undefined) return [missingProperty, 'is missing'];
  if (additionalProperty !== undefined) return [additionalProperty, 'is unknown'];
  return [instancePath.slice(1).replaceAll('/', '.') || 'body', message];
}
