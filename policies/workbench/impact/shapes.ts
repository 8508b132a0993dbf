/** What comes from a file is looked at before policy is asked about it: the schemas are those `opa check` uses. */
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { projectFile } from '../../root.ts';

interface Schema {
  properties: Record<string, Schema>;
}

const text = { type: 'string', minLength: 1 };
const texts = { type: 'array', items: text };

type Kind = 'snapshot' | 'input' | 'catalog' | 'capabilities' | 'delegation';

let known: Record<Kind, ValidateFunction> | undefined;

/** What is wrong with a snapshot of this version, or null. */
export function snapshotFault(value: unknown, version: string): string | null {
  const { schema } = (value ?? {}) as { schema?: unknown };
  return schema === version ? faultOf('snapshot', value) : `its schema is not ${version}`;
}

/** What is wrong with the input of a decision, or null. */
export const inputFault = (value: unknown): string | null => faultOf('input', value);

/** What is wrong with the input of capabilities, or null. */
export const capabilitiesFault = (value: unknown): string | null => faultOf('capabilities', value);

/** What is wrong with a change somebody asks for, or null. */
export const changeFault = (value: unknown): string | null => faultOf('delegation', value);

/** What is wrong with a catalog as policy gets it, or null. */
export const catalogFault = (value: unknown): string | null => faultOf('catalog', value);

function faultOf(kind: Kind, value: unknown): string | null {
  known ??= compiled();
  const validate = known[kind];
  if (validate(value)) return null;
  const [fault] = validate.errors ?? [];
  return `${fault?.instancePath || 'it'} ${fault?.message}`;
}

function compiled(): NonNullable<typeof known> {
  const ajv = new Ajv({ allowUnionTypes: true });
  const catalog = schemaFile('catalog.json');
  const input = schemaFile('input.json');
  return {
    snapshot: ajv.compile(snapshotSchema(catalog, input)),
    input: ajv.compile(input),
    catalog: ajv.compile(catalog),
    capabilities: ajv.compile(schemaFile('capabilities.json')),
    delegation: ajv.compile(schemaFile('delegation.json')),
  };
}

function schemaFile(name: string): Schema {
  return JSON.parse(readFileSync(projectFile('policies', 'schemas', name), 'utf8')) as Schema;
}

function snapshotSchema(catalog: Schema, input: Schema): object {
  const access = input.properties['access']!.properties;
  const status = access['membership']!.properties['status'];
  const member = record({ id: text, role: text, status, modules: texts, permissions: texts });
  const company = record({
    id: text,
    subscriptions: access['subscriptions'],
    addons: access['addons'],
    members: { type: 'array', items: member },
  });
  return record({
    takenAt: text,
    catalogVersion: { type: 'integer' },
    catalog,
    companies: { type: 'array', items: company },
  });
}

/** All of these, and perhaps a name. */
function record(properties: Record<string, unknown>): object {
  return { type: 'object', required: Object.keys(properties), properties: { ...properties, name: text } };
}
