/**
 * Mutants of the catalog: what a wrong row in the database would be. The policy is evaluated on the mutant, the
 * invariants are given the catalog as it was declared.
 */
import type { CatalogData } from '../../contract.ts';
import type { Mutant } from './mutant.ts';

/** Rows tried per kind of fault: the first ones by name of those it can happen to. */
const ROWS = 3;

type Part = keyof CatalogData;

interface Fault<P extends Part> {
  name: string;
  part: P;
  /** The row as it would be wrong, or null where this cannot happen to it. */
  wrong: (row: CatalogData[P][string], key: string, catalog: CatalogData) => unknown;
}

function fault<P extends Part>(name: string, part: P, wrong: Fault<P>['wrong']): Fault<Part> {
  return { name, part, wrong } as unknown as Fault<Part>;
}

const FAULTS: readonly Fault<Part>[] = [
  fault('module-type', 'modules', ({ type }) => ({ type: type === 'base' ? 'addon' : 'base' })),
  fault('package-gains-module', 'packages', ({ modules }, _, catalog) => {
    const other = nextKey(catalog.modules, Object.keys(modules)[0]);
    return other === null || modules[other] ? null : { modules: { ...modules, [other]: true } };
  }),
  fault('package-empty', 'packages', () => ({ modules: {} })),
  fault('addon-gains-module', 'addons', (addon, _, catalog) => {
    const other = nextKey(ofType('addon', catalog), Object.keys(addon.modules)[0]);
    return other === null || addon.modules[other]
      ? null
      : { ...addon, modules: { ...addon.modules, [other]: true } };
  }),
  fault('addon-empty', 'addons', (addon, _, catalog) =>
    sellsAddon(addon, catalog) ? { ...addon, modules: {} } : null,
  ),
  fault('addon-for-every-base', 'addons', ({ modules, bases }) => (bases === undefined ? null : { modules })),
  fault('addon-for-no-base', 'addons', (addon, _, catalog) =>
    sellsAddon(addon, catalog) ? { ...addon, bases: {} } : null,
  ),
  fault('permission-moved', 'permissions', ({ module }, _, catalog) => moved(module, catalog)),
  fault('route-public', 'routes', (route) =>
    route.access === 'public' ? null : { ...route, access: 'public' },
  ),
  fault('route-for-any-token', 'routes', (route) =>
    route.access === 'authenticated' ? null : { ...route, access: 'authenticated' },
  ),
  fault('route-of-a-kind-nobody-knows', 'routes', (route) =>
    KINDS.includes(route.access) ? { ...route, access: 'open' } : null,
  ),
  fault('route-moved', 'routes', (route, _, catalog) => {
    const module = route.module === undefined ? null : moved(route.module, catalog);
    return module && { ...route, ...module };
  }),
  fault('route-other-permission', 'routes', (route, _, catalog) => {
    const permission = nextKey(catalog.permissions, route.permission);
    const isOpenToSome = catalog.modules[route.module ?? ''] !== undefined && route.permission !== undefined;
    return isOpenToSome && permission !== null ? { ...route, permission } : null;
  }),
  fault('route-without-permission', 'routes', ({ permission, ...route }, _, catalog) =>
    permission === undefined || catalog.modules[route.module ?? ''] === undefined ? null : route,
  ),
  fault('route-read-as-write', 'routes', (route, _, catalog) => {
    const isOwn = catalog.entities[route.entity ?? '']?.module === route.module;
    if (!isOwn || !isReadable(route.entity, catalog)) return null;
    return { ...route, method: route.method === 'GET' ? 'POST' : 'GET' };
  }),
  fault('entity-shared', 'entities', ({ module, shared }, key, catalog) =>
    isRead(key, catalog) ? { module, shared: !shared } : null,
  ),
  fault('entity-moved', 'entities', ({ module, shared }, key, catalog) =>
    isReadable(key, catalog) ? { shared, ...moved(module, catalog) } : null,
  ),
  fault('read-added', 'reads', (entities, reader, catalog) => {
    const keys = Object.keys(catalog.entities).sort();
    const other = keys.find((key) => {
      const { module, shared } = catalog.entities[key]!;
      return shared && !entities[key] && module !== reader && catalog.modules[module]?.type === 'base';
    });
    return other === undefined ? null : { ...entities, [other]: true };
  }),
  fault('read-dropped', 'reads', (entities) => (Object.keys(entities).length === 0 ? null : {})),
];

const KINDS: string[] = ['module', 'authenticated', 'public'];

function ofType(type: 'base' | 'addon', { modules }: CatalogData): object {
  return Object.fromEntries(Object.entries(modules).filter(([, module]) => module.type === type));
}

function sellsAddon({ modules }: { modules: object }, catalog: CatalogData): boolean {
  return Object.keys(modules).some((module) => catalog.modules[module]?.type === 'addon');
}

/** A base's entity that another module says it reads: only there does it matter whether it is shared. */
function isRead(entity: string | undefined, { modules, entities, reads }: CatalogData): boolean {
  const owner = entities[entity ?? '']?.module;
  const readers = Object.keys(reads).filter((reader) => reader !== owner && reads[reader]![entity ?? '']);
  return modules[owner ?? '']?.type === 'base' && readers.length > 0;
}

function isReadable(entity: string | undefined, catalog: CatalogData): boolean {
  return isRead(entity, catalog) && catalog.entities[entity ?? '']?.shared === true;
}

/** Their ids name the row: `data:route-public:finance.expense.list`. */
export function mutantsOfCatalog(catalog: CatalogData): Mutant[] {
  return FAULTS.flatMap((kind) => {
    const rows = Object.entries(catalog[kind.part]).sort(([one], [other]) => (one < other ? -1 : 1));
    const wrong = rows.flatMap(([key, row]) => {
      const changed = kind.wrong(row as never, key, catalog);
      return changed === null ? [] : [mutantOf(kind, key, row, changed, catalog)];
    });
    return wrong.slice(0, ROWS);
  });
}

function mutantOf(
  { name, part }: Fault<Part>,
  key: string,
  row: unknown,
  changed: unknown,
  catalog: CatalogData,
) {
  return {
    id: `data:${name}:${key}`,
    operator: `data-${name}`,
    file: 'data.catalog',
    line: 0,
    before: `${part}[${JSON.stringify(key)}] = ${JSON.stringify(row)}`,
    after: `${part}[${JSON.stringify(key)}] = ${JSON.stringify(changed)}`,
    change: { catalog: { ...catalog, [part]: { ...catalog[part], [key]: changed } } },
  };
}

function moved(module: string, { modules }: CatalogData): { module: string } | null {
  const other = nextKey(modules, module);
  return other === null ? null : { module: other };
}

/** The next key by name, around the end; null when there is no other. */
function nextKey(table: object, key: string | undefined): string | null {
  const keys = Object.keys(table).sort();
  const next = keys[(keys.indexOf(key ?? '') + 1) % keys.length];
  return next === undefined || next === key ? null : next;
}
