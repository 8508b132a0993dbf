import type { JsonSchema } from '../../../../modules/manifest/fields.ts';

interface Schema {
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  type?: string | string[];
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  minItems?: number;
  minLength?: number;
  minimum?: number;
}

/** The least value that a handler's schema allows, as far as its types alone say. */
export function fromSchema(schema: JsonSchema): unknown {
  const { const: only, enum: choices, anyOf, type, ...rest } = schema as Schema;
  if (only !== undefined) return only;
  if (choices) return choices[0];
  if (anyOf) return fromSchema(anyOf[0] as JsonSchema);
  const { required = [], properties = {}, items = {}, minItems = 1, minLength = 0, minimum = 1 } = rest;
  switch (String(Array.isArray(type) ? type[0] : type)) {
    case 'object':
      return Object.fromEntries(
        required.map((name) => [name, fromSchema((properties[name] ?? {}) as JsonSchema)]),
      );
    case 'array':
      return Array.from({ length: Math.max(minItems, 1) }, () => fromSchema(items as JsonSchema));
    case 'integer':
    case 'number':
      return minimum;
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return 'sample'.padEnd(minLength, '.');
  }
}
