import { changeSchema, createSchema, listSchema } from '../kit/entity-schemas.ts';
import { routesOf } from './derive.ts';
import { schemaOf, type JsonSchema } from './fields.ts';
import type { Manifest, ManifestRoute, OwnedEntity } from './manifest.ts';

const ID: JsonSchema = { type: 'string', format: 'uuid' };
const MOMENT: JsonSchema = { type: 'string', format: 'date-time' };
const PARAMETER: Record<string, JsonSchema> = {
  uuid: ID,
  slug: { type: 'string' },
  integer: { type: 'integer' },
  string: { type: 'string' },
  path: { type: 'string' },
};
const ORG = { name: 'x-org', in: 'header', required: true, description: 'The active company.', schema: ID };
const ERROR_STATUSES = ['400', '401', '403', '404', '409', '503'];

/**
 * The module's routes as an OpenAPI 3.1 document: what a frontend sees through the gateway. Its names begin with the
 * module's key, so that the documents of several modules can be one.
 */
export function openapiOf(manifest: Manifest): JsonSchema {
  const { key, title, purpose, owns } = manifest;
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const route of routesOf(manifest)) {
    const path = route.path.replace(/\{(\w+):\w+\}/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, manifest) };
  }
  return {
    openapi: '3.1.0',
    info: { title, version: '1', description: purpose },
    tags: owns.map(({ entity, plural }) => ({ name: `${key}.${entity}`, description: plural })),
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: {
        ...Object.fromEntries(owns.map((owned) => [`${key}.${owned.entity}`, rowOf(owned)])),
        Error: ERROR,
      },
      responses: {
        Error: { description: 'Refused, or not possible now.', content: json(ref('schemas/Error')) },
      },
    },
  };
}

function operationOf(route: ManifestRoute, { key, owns }: Manifest): JsonSchema {
  const { id, access, permission, entity } = route;
  const [, name = ''] = /([^.]+)$/.exec(id) ?? [];
  const owned = owns.find((it) => id === `${key}.${it.entity}.${name}`);
  const parameters = [
    ...(access === 'module' ? [ORG] : []),
    ...pathParameters(route.path),
    ...(owned && name === 'list' ? queryParameters(owned) : []),
  ];
  const errors = Object.fromEntries(ERROR_STATUSES.map((status) => [status, ref('responses/Error')]));
  return {
    operationId: id,
    ...(entity && { tags: [entity] }),
    ...(permission && { 'x-kisum-permission': permission }),
    security: access === 'public' ? [] : [{ token: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(owned && bodyOf(name, owned)),
    responses: { ...successOf(name, key, owned), ...errors },
  };
}

function bodyOf(name: string, owned: OwnedEntity): JsonSchema {
  const schema = { create: createSchema, update: changeSchema }[name];
  return schema ? { requestBody: { required: true, content: json(schema(owned)) } } : {};
}

function successOf(name: string, key: string, owned: OwnedEntity | undefined): JsonSchema {
  if (!owned) return { '200': { description: 'Done.' } };
  const row = ref(`schemas/${key}.${owned.entity}`);
  const page = { type: 'object', properties: { next: { type: ['string', 'null'] } } };
  const answers: Record<string, JsonSchema> = {
    list: {
      '200': { description: 'A page of rows.', content: envelope({ type: 'array', items: row }, { page }) },
    },
    create: { '201': { description: 'Made.', content: envelope(row) } },
    delete: { '204': { description: 'Deleted.' } },
  };
  return answers[name] ?? { '200': { description: 'The row.', content: envelope(row) } };
}

function pathParameters(path: string): JsonSchema[] {
  return [...path.matchAll(/\{(\w+):(\w+)\}/g)].map(([, name, type]) => ({
    name,
    in: 'path',
    required: true,
    schema: PARAMETER[type!],
  }));
}

function queryParameters(owned: OwnedEntity): JsonSchema[] {
  const { properties } = listSchema(owned) as { properties: Record<string, JsonSchema> };
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', schema }));
}

/** As it is answered: everything it has. */
function rowOf({ fields, companies }: OwnedEntity): JsonSchema {
  const properties = {
    id: ID,
    ...Object.fromEntries(companies.map((column) => [column, ID])),
    ...Object.fromEntries(fields.map((field) => [field.name, schemaOf(field)])),
    created_at: MOMENT,
    updated_at: MOMENT,
  };
  return { type: 'object', required: Object.keys(properties), properties };
}

const ERROR: JsonSchema = {
  type: 'object',
  required: ['success', 'error'],
  properties: {
    success: { const: false },
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'string' },
        message: { type: 'string' },
        requestId: { type: 'string' },
        decisionId: { type: 'string' },
        reasons: { type: 'array', items: { type: 'string' }, description: 'Only of a 403.' },
        remedies: { type: 'array', items: {}, description: 'Only of a 403.' },
      },
    },
  },
};

function envelope(data: JsonSchema, more: JsonSchema = {}): JsonSchema {
  const properties = { success: { const: true }, data, ...more };
  return json({ type: 'object', required: Object.keys(properties), properties });
}

function json(schema: JsonSchema): JsonSchema {
  return { 'application/json': { schema } };
}

function ref(name: string): JsonSchema {
  return { $ref: `#/components/${name}` };
}
