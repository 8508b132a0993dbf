import { createSchema } from '../../modules/kit/entity-schemas.ts';
import { routesOf } from '../../modules/manifest/derive.ts';
import { isForeign, isNeeded, sampleOf, type EntityField } from '../../modules/manifest/fields.ts';
import type { Manifest, OwnedEntity } from '../../modules/manifest/manifest.ts';
import { OTHER_COMPANY } from './assertion.ts';

const DAY_MS = 86_400_000;

export interface Samples {
  /** Entity → id of its one row. */
  ids: Record<string, string>;
  /** What the module did not take, and why. */
  refused: string[];
}

/** One row of each entity, made by its own route as any client would; what refers to another comes after it. */
export async function enterSamples(manifest: Manifest, url: string): Promise<Samples> {
  const samples: Samples = { ids: {}, refused: [] };
  const waiting = manifest.owns.filter((entity) => createPath(manifest, entity) !== undefined);
  for (;;) {
    const next = waiting.findIndex((entity) => needs(entity).every((name) => name in samples.ids));
    if (next < 0) return samples;
    const [entity] = waiting.splice(next, 1) as [OwnedEntity];
    await enter(samples, entity, `${url}${createPath(manifest, entity)}`);
  }
}

/** With all its fields, or else with those alone that it must have. */
async function enter({ ids, refused }: Samples, entity: OwnedEntity, url: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const least = { ...entity, fields: entity.fields.filter(isNeeded) };
  let said = '';
  for (const sample of [entity, least]) {
    const body = JSON.stringify(sampleBody(sample, ids, 0));
    const response = await fetch(url, { method: 'POST', headers, body });
    const text = await response.text();
    if (response.status === 201) {
      ids[entity.entity] = (JSON.parse(text) as { data: { id: string } }).data.id;
      return;
    }
    said ||= `${response.status} ${text}`;
  }
  refused.push(`${entity.entity}: ${said}`);
}

export function createPath(manifest: Manifest, { entity }: OwnedEntity): string | undefined {
  return routesOf(manifest).find(({ id }) => id === `${manifest.key}.${entity}.create`)?.path;
}

/**
 * A body that makes a row, with every field but its states, which begin by themselves.
 * @param turn from 0: each gives other words and later days, so that rows do not stand in each other's way
 */
export function sampleBody(
  entity: OwnedEntity,
  ids: Record<string, string>,
  turn: number,
): Record<string, unknown> {
  const { properties } = createSchema(entity) as { properties: object };
  const body: Record<string, unknown> = {};
  for (const column of entity.companies) if (column in properties) body[column] = OTHER_COMPANY;
  let day = turn * 30;
  for (const field of entity.fields) {
    if (field.computed || field.type === 'state') continue;
    const value = field.to !== undefined && !isForeign(field.to) ? ids[field.to] : sampleOf(field);
    if (value !== undefined) body[field.name] = varied(field, value, turn, day);
    if (field.type === 'date' || field.type === 'moment') day += 1;
  }
  return body;
}

/** A start comes before its end: each date of a row is a day after the one before. */
function varied({ type, max = 200 }: EntityField, value: unknown, turn: number, day: number): unknown {
  switch (type) {
    case 'text':
      return turn === 0 ? value : `${String(value).slice(0, max - 3)} ${turn + 1}`;
    case 'date':
    case 'moment': {
      const moved = new Date(Date.parse(String(value)) + day * DAY_MS).toISOString();
      return type === 'date' ? moved.slice(0, 10) : moved;
    }
    case 'integer':
    case 'money':
    case 'currency':
    case 'boolean':
    case 'choice':
    case 'state':
    case 'reference':
    case 'unit':
      return value;
  }
}

/** Entities of the module that must have a row first. */
export function needs({ fields }: OwnedEntity): string[] {
  return fields.flatMap((field) =>
    field.to !== undefined && !isForeign(field.to) && isNeeded(field) ? [field.to] : [],
  );
}
