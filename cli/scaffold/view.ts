import { permissionsOf, routesOf } from '../../modules/manifest/derive.ts';
import { columnOf, isForeign, isNeeded } from '../../modules/manifest/fields.ts';
import type { Manifest, OwnedEntity } from '../../modules/manifest/manifest.ts';
import { openapiOf } from '../../modules/manifest/openapi.ts';
import { WIDTH } from './json-text.ts';
import { tablesInOrder } from './tables.ts';
import { variablesOf } from './variables.ts';

const HANDLERS = {
  view: ['list', 'get'],
  create: ['create'],
  update: ['update'],
  delete: ['delete'],
  export: [],
};

export type View = Record<string, unknown>;

/** Everything a template may say of a module: derived from its manifest alone. template.json declares each name. */
export function viewOf(manifest: Manifest, manifestText: string): View {
  const { key, title, owner, purpose, type, services, owns, soldWith = [], mustNot } = manifest;
  const variables = variablesOf(owns.map(({ plural }) => plural));
  const unwritten = (service: string) =>
    manifest.routes
      .filter((route) => (route.service ?? key) === service)
      .map(({ id }) => ({ name: id.slice(key.length + 1) }));
  return {
    manifestText,
    key,
    title,
    owner,
    purpose,
    base: type === 'base',
    addon: type === 'addon',
    entities: owns.map((owned, index) => entityView(owned, variables[index]!, owns)),
    tables: tablesInOrder(owns).map(tableView),
    drops: tablesInOrder(owns)
      .map(({ entity }) => `drop table ${entity}`)
      .reverse(),
    extra: unwritten(key).length > 0 ? [{ part: false, routes: unwritten(key) }] : [],
    parts: services
      .slice(1)
      .map((service) => ({ part: service.slice(key.length + 1), service, routes: unwritten(service) })),
    permissions: permissionsOf(manifest).map((permission) => ({
      key: permission.key,
      title: permission.title,
    })),
    routes: routesOf(manifest).map(({ method, path, access, permission = '' }) => ({
      method,
      path,
      access,
      permission,
    })),
    reads: manifest.reads,
    services: services.map((service) => ({ service })),
    soldWith: soldWith.map((module) => ({ module })),
    integrations: manifest.integrations.map(({ name, why, host = '' }) => ({ name, why, host })),
    mustNot: mustNot.map((rule) => ({ rule })),
    openapi: openapiOf(manifest),
  };
}

function entityView(owned: OwnedEntity, variable: string, owns: OwnedEntity[]): View {
  const { entity, plural, shared, audience, actions, fields } = owned;
  const tested = actions.includes('view') && canBeMade(owned, owns);
  const handlers = actions.flatMap((action) => HANDLERS[action]);
  return {
    entity,
    plural,
    variable,
    words: plural.replaceAll('_', ' '),
    shared,
    published: audience === 'everyone',
    all: handlers.length === Object.values(HANDLERS).flat().length,
    handlers: handlers.map((name) => ({ name })),
    wide: `export const ${variable} = collection(manifest, '${entity}');`.length > WIDTH,
    fields: fields.map(({ name, type }) => ({ name, type })),
    tested,
    isolated: tested && audience === 'company',
  };
}

function tableView({ entity, companies, fields }: OwnedEntity): View {
  return {
    entity,
    companies: companies.map((column, index) => ({
      column,
      index: `${entity}_newest${index === 0 ? '' : `_${index + 1}`}`,
    })),
    columns: fields.map((field) => ({ sql: columnOf(field) })),
  };
}

/** Whether a test can make one alone: by its own route, and likewise whatever of this module it cannot do without. */
function canBeMade(owned: OwnedEntity, owns: OwnedEntity[], on: string[] = []): boolean {
  const { entity, actions, fields } = owned;
  if (!actions.includes('create') || on.includes(entity)) return false;
  // What it points to is another company's to make first.
  if (fields.some(({ company, to = '.' }) => company && !isForeign(to))) return false;
  const needed = fields.filter(isNeeded).flatMap(({ to = '.' }) => (isForeign(to) ? [] : [to]));
  return owns.filter((it) => needed.includes(it.entity)).every((it) => canBeMade(it, owns, [...on, entity]));
}
