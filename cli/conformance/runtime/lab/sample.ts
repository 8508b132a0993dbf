import { randomUUID } from 'node:crypto';
import { routesOf } from '../../../../modules/manifest/derive.ts';
import { isForeign, isNeeded, sampleOf } from '../../../../modules/manifest/fields.ts';
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

/** What a create must name. References to the module's own rows are the caller's to give. */
export function createBody(
  { fields, companies }: OwnedEntity,
  references: Record<string, string> = {},
): Record<string, unknown> {
  const others = companies.slice(1).map((column) => [column, randomUUID()]);
  const needed = fields
    .filter(isNeeded)
    .map((field) => [
      field.name,
      field.to === undefined ? sampleOf(field) : (references[field.name] ?? randomUUID()),
    ]);
  return Object.fromEntries([...others, ...needed]) as Record<string, unknown>;
}

/** The least change: one field, no reference, and a state only where there is nothing else. */
export function updateBody({ fields }: OwnedEntity): Record<string, unknown> {
  const own = fields.filter(({ computed, to }) => !computed && to === undefined);
  const field = own.find(({ type }) => type !== 'state') ?? own[0];
  return field ? { [field.name]: sampleOf(field) } : {};
}

/** Fields that name a row of the module's own, without which a row cannot be made. */
export function neededOwnReferences({ fields }: OwnedEntity): { name: string; to: string }[] {
  return fields.flatMap((field) =>
    field.to !== undefined && !isForeign(field.to) && isNeeded(field)
      ? [{ name: field.name, to: field.to }]
      : [],
  );
}

/** Whether making a row asks another module something, which only a request from the gateway can do. */
export function needsForeign({ fields }: OwnedEntity): boolean {
  return fields.some((field) => field.to !== undefined && isForeign(field.to) && isNeeded(field));
}
