import { randomUUID } from 'node:crypto';
import { routesOf } from '../../../../modules/manifest/derive.ts';
import { type EntityField, isForeign, isNeeded, sampleOf } from '../../../../modules/manifest/fields.ts';
import type { Manifest, ManifestRoute, OwnedEntity } from '../../../../modules/manifest/manifest.ts';

export type Kind = 'list' | 'get' | 'create' | 'update' | 'delete';

/** A declared route as the probes see it. */
export interface ProbedRoute extends ManifestRoute {
  /** `GET /api/finance/expenses`: names it in findings. */
  name: string;
  /** One of the five of an owned entity; absent for a route the module added. */
  derived?: { kind: Kind; entity: OwnedEntity };
}

export function probedRoutes(manifest: Manifest, service: string): ProbedRoute[] {
  const extra = new Set(manifest.routes.map(({ id }) => id));
  return routesOf(manifest)
    .filter((route) => route.service === service)
    .map((route) => {
      const entity = manifest.owns.find((owned) => `${manifest.key}.${owned.entity}` === route.entity);
      const kind = route.id.split('.').at(-1) as Kind;
      const derived = entity && !extra.has(route.id) ? { derived: { kind, entity } } : {};
      return { ...route, name: `${route.method} ${route.path}`, ...derived };
    });
}

const VALUES: Record<string, () => string> = {
  uuid: randomUUID,
  slug: () => 'sample',
  integer: () => '1',
  string: () => 'sample',
  path: () => 'sample/path',
};

/** The route's address; `id` fills its first parameter. */
export function pathOf({ path }: Pick<ManifestRoute, 'path'>, id?: string): string {
  let given = id;
  return path.replace(/\{\w+:(\w+)\}/g, (_, type: string) => {
    const value = given ?? VALUES[type]!();
    given = undefined;
    return value;
  });
}

/** What a create must name, and booleans, which open more than they close. References to own rows are the caller's. */
export function createBody(
  { fields, companies }: OwnedEntity,
  references: Record<string, string> = {},
): Record<string, unknown> {
  const named = companies.slice(1).filter((column) => !fields.some(({ company }) => company === column));
  const others = named.map((column) => [column, randomUUID()]);
  const given = fields.filter((field) => isNeeded(field) || (field.type === 'boolean' && !field.computed));
  const times = given.filter(isTime);
  const values = given.map((field) => [
    field.name,
    field.to === undefined ? valueOf(field, times.indexOf(field)) : (references[field.name] ?? randomUUID()),
  ]);
  return Object.fromEntries([...others, ...values]) as Record<string, unknown>;
}

/** A valid value no other row has; the nth time is n days later than the first: ends come after begins. */
function valueOf(field: EntityField, nth = 0): unknown {
  const sample = sampleOf(field);
  if (field.type === 'text') return `${String(sample)} ${randomUUID()}`.slice(-(field.max ?? 200)).trim();
  if (!isTime(field)) return sample;
  const later = new Date(Date.parse(String(sample)) + nth * 86_400_000).toISOString();
  return field.type === 'date' ? later.slice(0, 10) : later;
}

function isTime({ type }: EntityField): boolean {
  return type === 'date' || type === 'moment';
}

/** The least change: one field, no reference, and a state only where there is nothing else. */
export function updateBody({ fields }: OwnedEntity): Record<string, unknown> {
  const own = fields.filter(({ computed, to }) => !computed && to === undefined);
  const field = own.find(({ type }) => type !== 'state') ?? own[0];
  return field ? { [field.name]: valueOf(field) } : {};
}

/** Fields that name a row of the module's own, without which a row cannot be made. */
export function neededOwnReferences({ fields }: OwnedEntity): { name: string; to: string }[] {
  return fields.flatMap((field) =>
    field.to !== undefined && !isForeign(field.to) && isNeeded(field)
      ? [{ name: field.name, to: field.to }]
      : [],
  );
}
