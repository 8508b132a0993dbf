import type { Manifest } from '../../../modules/manifest/manifest.ts';
import { digestOf } from '../../../policies/canonical.ts';
import { breakage, differences, type Difference } from './differences.ts';
import { entryOf, type CatalogEntry, type Parts } from './entry.ts';
import { rekeyedParts, type Rekeying } from './rekey.ts';
import type { CatalogState, StoredEntry } from './state.ts';

/** In the order in which the changes of one module are made. */
const KINDS = ['add', 'revive', 'rename', 'retype', 'change', 'orphan'] as const;

export interface CatalogChange {
  kind: (typeof KINDS)[number];
  /** Its key from now on. */
  module: string;
  uid: string;
  /** rename: the old key; retype: the old type. */
  from?: string;
  /** retype: the new type. */
  to?: string;
  what: Difference[];
  /** Why it breaks somebody; empty where it does not. */
  breaking: string[];
}

/** What would bring the database to what the manifests declare. */
export interface CatalogPlan {
  /** The catalog it was made on. */
  catalogVersion: number;
  /** Sorted by module, then in the order they are made. */
  changes: CatalogChange[];
  /** Why it cannot be carried out at all. */
  obstacles: string[];
  /** Of everything above. */
  digest: string;
}

/**
 * Compares what the database holds with what the manifests declare. A module is known by its uid, so that another key
 * is a rename. One that left the tree is orphaned, never deleted. Pure: equal arguments give an equal digest.
 */
export function planCatalog({ version, entries }: CatalogState, manifests: readonly Manifest[]): CatalogPlan {
  const wanted = manifests.map(entryOf);
  const renames = renamesOf(entries, wanted);
  const changes = [
    ...wanted.flatMap((entry) => changesOf(stored(entries, entry.uid), entry, renames)),
    ...entries
      .filter(({ uid, status }) => status === 'active' && !wanted.some((entry) => entry.uid === uid))
      .map(({ uid, key }) => change('orphan', { uid, key }, {})),
  ].toSorted(byModuleAndKind);
  const known = { catalogVersion: version, changes, obstacles: obstaclesOf(entries, wanted) };
  return { ...known, digest: digestOf(known) };
}

/** Old and new keys, ordered so that each new one is free when its turn comes. */
export function renamesOf(entries: readonly StoredEntry[], wanted: readonly CatalogEntry[]): Rekeying[] {
  const open = wanted.flatMap(({ uid, key }) => {
    const from = stored(entries, uid)?.key;
    return from !== undefined && from !== key ? [{ from, to: key }] : [];
  });
  const ordered: Rekeying[] = [];
  while (open.length > 0) {
    const free = open.findIndex(({ to }) => !open.some(({ from }) => from === to));
    // A circle is an obstacle; whatever its order.
    ordered.push(...open.splice(Math.max(free, 0), 1));
  }
  return ordered;
}

function stored(entries: readonly StoredEntry[], uid: string): StoredEntry | undefined {
  return entries.find((entry) => entry.uid === uid);
}

const NOTHING: Parts = {
  module: {},
  service: {},
  permission: {},
  entity: {},
  field: {},
  read: {},
  route: {},
  sale: {},
  rest: {},
};

function changesOf(was: StoredEntry | undefined, entry: CatalogEntry, renames: Rekeying[]): CatalogChange[] {
  if (!was) return [change('add', entry, { what: differences(NOTHING, entry.parts) })];
  const before = renames.reduce(rekeyedParts, was.parts);
  const what = differences(before, entry.parts);
  const retyped = was.type !== entry.type;
  const breaking = what.flatMap((it) => breakage(it) ?? []);
  const type = `changes its type from ${was.type} to ${entry.type}`;
  return [
    ...(was.status === 'orphaned' ? [change('revive', entry, {})] : []),
    ...(was.key === entry.key ? [] : [change('rename', entry, { from: was.key })]),
    ...(retyped ? [change('retype', entry, { from: was.type, to: entry.type, breaking: [type] })] : []),
    ...(what.length > 0 ? [change('change', entry, { what, breaking })] : []),
  ];
}

function change(
  kind: CatalogChange['kind'],
  { key, uid }: Pick<CatalogEntry, 'key' | 'uid'>,
  more: Partial<CatalogChange>,
): CatalogChange {
  return { kind, module: key, uid, what: [], breaking: [], ...more };
}

function byModuleAndKind(a: CatalogChange, b: CatalogChange): number {
  if (a.module !== b.module) return a.module < b.module ? -1 : 1;
  return KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || (a.uid < b.uid ? -1 : 1);
}

function obstaclesOf(entries: readonly StoredEntry[], wanted: readonly CatalogEntry[]): string[] {
  return wanted.flatMap(({ uid, key, type }) => {
    const was = stored(entries, uid);
    const holder = entries.find((entry) => entry.key === key && entry.uid !== uid);
    const leaves = holder && wanted.some((it) => it.uid === holder.uid && it.key !== key);
    const swapped = leaves && isCircle(entries, wanted, key);
    return [
      ...(holder && !leaves
        ? [
            `key ${key} belongs to the module with uid ${holder.uid}: give the new module another key, or that uid if it is the same module`,
          ]
        : []),
      ...(swapped
        ? [`key ${key} changes hands in a circle: rename one of its modules to a third key first, and apply`]
        : []),
      ...(was && was.type !== type && [was.type, type].includes('system')
        ? [`${key} cannot become a ${type} from a ${was.type}: give it a uid of its own`]
        : []),
    ];
  });
}

/** Whether following who takes whose key leads back to where it began. */
function isCircle(entries: readonly StoredEntry[], wanted: readonly CatalogEntry[], start: string): boolean {
  let key = start;
  for (let steps = 0; steps < wanted.length; steps += 1) {
    const holder = entries.find((entry) => entry.key === key);
    const next = holder && wanted.find(({ uid }) => uid === holder.uid)?.key;
    if (next === undefined || next === key) return false;
    if (next === start) return true;
    key = next;
  }
  return false;
}
