import { routesOf } from './derive.ts';
import type { Manifest } from './manifest.ts';
import type { Fault } from './fault.ts';

/** A fault between manifests, and the one of them in which it is to be mended. */
export interface FaultBetween extends Fault {
  manifest: Manifest;
}

/**
 * What is wrong between manifests that are each right alone. Together they are one whole: every key, shared entity and
 * route prefix has one owner, and what is read is shared by a base module. Permissions begin with the module's key and
 * hold its entity, so they have one owner as well.
 */
export function faultsBetween(manifests: readonly Manifest[]): FaultBetween[] {
  return manifests.flatMap((manifest, index) => {
    const earlier = manifests.slice(0, index);
    return [
      ...identityFaults(manifest, earlier),
      ...sharedFaults(manifest, earlier),
      ...readFaults(manifest, manifests),
      ...saleFaults(manifest, manifests),
      ...routeFaults(manifest, manifests),
    ].map((fault) => ({ ...fault, manifest }));
  });
}

function identityFaults({ key, uid }: Manifest, earlier: Manifest[]): Fault[] {
  return [
    ...(earlier.some((other) => other.key === key)
      ? [{ path: ['metadata', 'key'], message: `module key ${key} is taken twice` }]
      : []),
    ...(earlier.some((other) => other.uid === uid)
      ? [{ path: ['metadata', 'uid'], message: `module uid ${uid} is taken twice` }]
      : []),
  ];
}

function sharedFaults({ owns }: Manifest, earlier: Manifest[]): Fault[] {
  const taken = earlier.flatMap((other) => sharedBy(other));
  return owns.flatMap(({ entity, shared }, index) =>
    shared && taken.includes(entity)
      ? [{ path: ['spec', 'data', 'owns', index], message: `shared entity ${entity} is claimed twice` }]
      : [],
  );
}

function readFaults({ key, reads }: Manifest, manifests: readonly Manifest[]): Fault[] {
  return reads.flatMap(({ entity }, index) => {
    const path = ['spec', 'data', 'reads', index, 'entity'];
    const [owner, name = ''] = entity.split('.');
    const sharing = manifests.filter((other) => other.key === owner && sharedBy(other).includes(name));
    if (sharing.length === 0) return [{ path, message: `${key} reads ${entity}, which nobody shares` }];
    if (sharing.some(({ type }) => type === 'base')) return [];
    return [
      { path, message: `${key} reads ${entity}, but ${owner} is no base module, and only those are read` },
    ];
  });
}

function saleFaults({ key, soldWith = [] }: Manifest, manifests: readonly Manifest[]): Fault[] {
  return soldWith.flatMap((base, index) =>
    manifests.some((other) => other.key === base && other.type === 'base')
      ? []
      : [
          {
            path: ['spec', 'soldWith', index],
            message: `${key} is sold with ${base}, which is no base module`,
          },
        ],
  );
}

/** `/api/fin` and `/api/finance` are neighbours; `/api/finance/x` stands under finance. */
function routeFaults(manifest: Manifest, manifests: readonly Manifest[]): Fault[] {
  const { key, routes } = manifest;
  const derived = routesOf(manifest).length - routes.length;
  return routesOf(manifest).flatMap(({ id, path }, index) =>
    manifests
      .filter((other) => other.key !== key && `${path}/`.startsWith(`/api/${other.key}/`))
      .map((other) => ({
        path: index < derived ? ['spec', 'data', 'owns'] : ['spec', 'routes', index - derived],
        message: `route ${id} stands under /api/${other.key}, which ${other.key} serves`,
      })),
  );
}

function sharedBy({ owns }: Manifest): string[] {
  return owns.filter(({ shared }) => shared).map(({ entity }) => entity);
}
