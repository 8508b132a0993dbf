/** Facts as policy is told them, and members whose facts it cannot tell apart. */
import type { AccessFacts, CallerFacts } from '../../contract.ts';
import { factsOf, type SnapshotCompany, type SnapshotMember } from './snapshot.ts';

/** Facts that many members may have in common. */
export interface Profile {
  /** JSON of `membership`, `subscriptions` and `addons`. */
  standing: string;
  modules: ReadonlySet<string>;
  /** Module → the permissions granted in it, sorted. */
  permissions: ReadonlyMap<string, readonly string[]>;
}

/** What is true of whoever is no member: nothing of the company is told. */
const NOBODY: AccessFacts = { membership: null, subscriptions: [], addons: [], modules: [], permissions: [] };

/** The question without its route, as part of a JSON object. */
export function questionFacts(
  access: string,
  { authenticated = true, caller = null }: { authenticated?: boolean; caller?: CallerFacts | null } = {},
): string {
  return `"authenticated":${authenticated},"caller":${JSON.stringify(caller)},"access":${access}`;
}

/**
 * The facts with the grants of this module alone, as a gateway narrows them.
 * JSON of `AccessFacts`.
 */
export function narrowedTo(module: string, { standing, modules, permissions }: Profile): string {
  const entered = modules.has(module) ? JSON.stringify([module]) : '[]';
  return `{${standing},"modules":${entered},"permissions":${JSON.stringify(permissions.get(module) ?? [])}}`;
}

/** Gives equal members one number. */
export class Profiles {
  readonly list: Profile[] = [];
  readonly #byKey = new Map<string, number>();

  /** Of a member, or of whoever is none. */
  of(company?: SnapshotCompany, member?: SnapshotMember): number {
    const facts = company && member ? factsOf(company, member) : NOBODY;
    const standing = standingOf(facts);
    const modules = [...facts.modules].sort();
    const permissions = [...facts.permissions].sort();
    const key = `${standing} ${modules.join()} ${permissions.join()}`;
    let id = this.#byKey.get(key);
    if (id === undefined) {
      id = this.list.push({ standing, modules: new Set(modules), permissions: byModule(permissions) }) - 1;
      this.#byKey.set(key, id);
    }
    return id;
  }
}

/** Rows in one order, whichever the database gave: companies that bought the same are the same to a policy. */
function standingOf({ membership, subscriptions, addons }: AccessFacts): string {
  const rows = (bought: readonly object[]): string =>
    bought
      .map((row) => JSON.stringify(row))
      .sort()
      .join();
  return `"membership":${JSON.stringify(membership)},"subscriptions":[${rows(subscriptions)}],"addons":[${rows(addons)}]`;
}

function byModule(permissions: readonly string[]): Map<string, string[]> {
  const grouped = new Map<string, string[]>();
  for (const permission of permissions) {
    const module = permission.slice(0, permission.indexOf('.'));
    const known = grouped.get(module);
    if (known) known.push(permission);
    else grouped.set(module, [permission]);
  }
  return grouped;
}
