import { permissionsOf, routesOf } from './derive.ts';
import type { Fault } from './fault.ts';
import { fieldFaults } from './field-rules.ts';
import type { ExtraRoute, Manifest } from './manifest.ts';

/** What a schema cannot say: how the parts of one manifest must fit together. */
export function crossFieldFaults(manifest: Manifest): Fault[] {
  return [
    ...keyFaults(manifest),
    ...typeFaults(manifest),
    ...serviceFaults(manifest),
    ...twice(manifest.owns, ({ entity }) => entity, ['spec', 'data', 'owns'], 'entity'),
    ...twice(manifest.owns, ({ plural }) => plural, ['spec', 'data', 'owns'], 'plural'),
    ...twice(manifest.reads, ({ entity }) => entity, ['spec', 'data', 'reads'], 'read'),
    ...readFaults(manifest),
    ...fieldFaults(manifest),
    ...manifest.routes.flatMap((route, index) => routeFaults(manifest, route, ['spec', 'routes', index])),
    ...routeCollisions(manifest),
  ];
}

/** A module's key is also its schema, which its migrations fill and a rename renames. */
const SCHEMAS_OF_OTHERS = /^(?:core|auth|public|information_schema|pg_.*)$/;

function keyFaults({ key }: Manifest): Fault[] {
  return SCHEMAS_OF_OTHERS.test(key)
    ? [
        {
          path: ['metadata', 'key'],
          message: `module key ${key} is the name of a schema that is no module's`,
        },
      ]
    : [];
}

function typeFaults({ key, type, owns, reads, soldWith, routes }: Manifest): Fault[] {
  const faults: Fault[] = [];
  if (type !== 'addon' && soldWith) {
    faults.push({
      path: ['spec', 'soldWith'],
      message: `only an addon is sold with a base; ${key} is a ${type}`,
    });
  }
  if (type === 'system' && (owns.length > 0 || reads.length > 0)) {
    faults.push({ path: ['spec', 'data'], message: 'a system owns and reads nothing of the catalog' });
  }
  if (type === 'system' && routes.length === 0) {
    faults.push({ path: ['spec'], message: 'a system declares its routes' });
  }
  if (type !== 'system' && owns.length === 0) {
    faults.push({ path: ['spec'], message: 'a module owns at least one entity (spec.data.owns)' });
  }
  return faults;
}

function serviceFaults({ key, services }: Manifest): Fault[] {
  const path = ['spec', 'services'];
  const [first, ...others] = services;
  const wrong = others.filter((service) => !service.startsWith(`${key}.`));
  return [
    ...(first === key ? [] : [{ path, message: `the first service is named like the module: ${key}` }]),
    ...wrong.map((service) => ({ path, message: `service ${service} does not start with ${key}.` })),
  ];
}

function readFaults({ key, reads }: Manifest): Fault[] {
  return reads.flatMap(({ entity }, index) =>
    entity.startsWith(`${key}.`)
      ? [
          {
            path: ['spec', 'data', 'reads', index, 'entity'],
            message: `${entity} is its own: reads name other modules' entities`,
          },
        ]
      : [],
  );
}

function routeFaults(manifest: Manifest, route: ExtraRoute, path: Fault['path']): Fault[] {
  const { key, type, services } = manifest;
  const checks: [field: keyof ExtraRoute, holds: boolean, message: string][] = [
    ['id', route.id.startsWith(`${key}.`), `route id ${route.id} does not start with ${key}.`],
    ['path', route.path.startsWith(`/api/${key}/`), `path ${route.path} does not start with /api/${key}/`],
    [
      'access',
      type !== 'system' || route.access !== 'module',
      'a system is not sold: access module is not for it',
    ],
    [
      'service',
      services.includes(route.service ?? key),
      `service ${String(route.service)} is not in spec.services`,
    ],
  ];
  if (route.access === 'module' && type !== 'system') {
    const permission = permissionsOf(manifest).find((known) => known.key === route.permission);
    const entity = manifest.owns.some((owned) => `${key}.${owned.entity}` === route.entity);
    checks.push([
      'permission',
      permission !== undefined,
      `no entity gives permission ${String(route.permission)}`,
    ]);
    checks.push(['entity', entity, `entity ${String(route.entity)} is not owned by ${key}`]);
  }
  return checks
    .filter(([, holds]) => !holds)
    .map(([field, , message]) => ({ path: [...path, ...(field in route ? [field] : [])], message }));
}

/** Two routes collide when they share an id, or a method and a path that differs in parameter names alone. */
function routeCollisions(manifest: Manifest): Fault[] {
  const routes = routesOf(manifest);
  const derived = routes.length - manifest.routes.length;
  const place = (index: number): Fault['path'] =>
    index < derived ? ['spec', 'data', 'owns'] : ['spec', 'routes', index - derived];
  return [
    ...repeated(routes, ({ id }) => id).map((index) => ({
      path: place(index),
      message: `route id ${routes[index]?.id ?? ''} is declared twice`,
    })),
    ...repeated(routes, ({ method, path }) => `${method} ${path.replace(/\{[^}]*\}/g, '{}')}`).map(
      (index) => ({
        path: place(index),
        message: `route ${routes[index]?.method ?? ''} ${routes[index]?.path ?? ''} is declared twice`,
      }),
    ),
  ];
}

function twice<T>(items: T[], name: (item: T) => string, path: Fault['path'], what: string): Fault[] {
  return repeated(items, name).map((index) => ({
    path: [...path, index],
    message: `${what} ${name(items[index] as T)} is declared twice`,
  }));
}

/** Indexes of the items whose name an earlier item already has. */
function repeated<T>(items: T[], name: (item: T) => string): number[] {
  const names = items.map(name);
  return names.flatMap((value, index) => (names.indexOf(value) < index ? [index] : []));
}
