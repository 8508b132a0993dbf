import { isNeeded, schemaOf, type EntityField, type JsonSchema } from '../manifest/fields.ts';
import type { OwnedEntity } from '../manifest/manifest.ts';

const ID: JsonSchema = { type: 'string', format: 'uuid' };

/** Of the body that creates a row. */
export function createSchema(entity: OwnedEntity): JsonSchema {
  const others = otherCompanies(entity);
  const needed = entity.fields.filter(isNeeded).map(({ name }) => name);
  return { ...bodyOf(entity, others), required: [...Object.keys(others), ...needed] };
}

/** Of the body that changes one: any of its fields, at least one; whose it is stays. */
export function changeSchema(entity: OwnedEntity): JsonSchema {
  const fields = entity.fields.filter(({ company }) => company === undefined);
  return { ...bodyOf({ ...entity, fields }, {}), minProperties: 1 };
}

/** Of a list's query. */
export function listSchema({ fields }: OwnedEntity): JsonSchema {
  const filters = fields.filter(({ filter }) => filter);
  return {
    type: 'object',
    properties: {
      limit: { type: 'integer', minimum: 1, maximum: 100, default: 50 },
      cursor: { type: 'string', maxLength: 200 },
      ...propertiesOf(filters),
    },
  };
}

function bodyOf({ fields }: OwnedEntity, more: Record<string, JsonSchema>): JsonSchema {
  return {
    type: 'object',
    additionalProperties: false,
    properties: { ...more, ...propertiesOf(fields.filter(({ computed }) => !computed)) },
  };
}

/** Whoever makes a row names the other side of it, once, unless what the row points to does. */
function otherCompanies({ companies, fields }: OwnedEntity): Record<string, JsonSchema> {
  const named = companies.slice(1).filter((column) => !fields.some(({ company }) => company === column));
  return Object.fromEntries(named.map((column) => [column, ID]));
}

function propertiesOf(fields: EntityField[]): Record<string, JsonSchema> {
  return Object.fromEntries(fields.map((field) => [field.name, schemaOf(field)]));
}
