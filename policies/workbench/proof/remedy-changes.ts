/** What a tenant can change, made to the facts: in the contract's words, and without the policy's. */
import type { AccessFacts, CatalogData, Remedy } from '../../contract.ts';
import type { Court } from './court.ts';
import { MEMBER } from './people.ts';
import { ACTIVE } from './periods.ts';

/** A remedy before anybody is named for it. */
export type Unassigned = Omit<Remedy, 'who'>;

/** One change, of one package where it is about packages. */
export interface Change {
  /** As the invariants know it. A bundle is a package without a base. */
  kind: string;
  remedy: Unassigned;
}

/** Packages with a base that are bought: several may do equally well. */
export const TAKEN = ['renew base', 'add base', 'change base'];
export const BASES = ['end base', ...TAKEN];
export const PURCHASES = ['renew add-on', 'add add-on', 'renew bundle', 'add bundle', ...BASES];

/** The facts after it; of several packages the first is taken. */
export function changed(access: AccessFacts, remedy: Unassigned, declared: CatalogData): AccessFacts {
  const { addon = '', module = '', permission = '', packages: [name = ''] = [] } = remedy;
  const { subscriptions, addons, modules, permissions } = access;
  const more = [...subscriptions, { package: name, ...ACTIVE }];
  switch (remedy.type) {
    case 'add_member':
    case 'activate_membership':
      return { ...access, membership: MEMBER };
    case 'add_subscription':
    case 'renew_subscription':
      return { ...access, subscriptions: more };
    case 'change_base': {
      const [own] = basesOf(declared, name);
      const stays = (row: { package: string }): boolean =>
        basesOf(declared, row.package).every((it) => it === own);
      return { ...access, subscriptions: more.filter(stays) };
    }
    case 'end_subscription':
      return { ...access, subscriptions: subscriptions.filter((row) => row.package !== name) };
    case 'add_addon':
    case 'renew_addon':
      return { ...access, addons: [...addons, { addon, ...ACTIVE }] };
    case 'grant_module':
      return { ...access, modules: [...modules, module] };
    case 'grant_permission':
      return { ...access, permissions: [...permissions, permission] };
  }
}

interface Needed {
  module: string;
  permission: string;
}

type Catalog = Pick<Court, 'declared' | 'words'>;

/** Every change that could matter to a request. */
export function changesFor(catalog: Catalog, access: AccessFacts, { module, permission }: Needed): Change[] {
  return [
    access.membership === null
      ? { kind: 'let in', remedy: { type: 'add_member' } }
      : { kind: 'let in', remedy: { type: 'activate_membership' } },
    { kind: 'grant', remedy: { type: 'grant_module', module } },
    { kind: 'grant', remedy: { type: 'grant_permission', permission } },
    ...addonChanges(catalog.declared, access, module),
    ...packageChanges(catalog, access, module),
  ];
}

function addonChanges({ addons }: CatalogData, access: AccessFacts, module: string): Change[] {
  const selling = Object.keys(addons).filter((name) => addons[name]!.modules[module]);
  return selling.map((addon) =>
    access.addons.some((row) => row.addon === addon && row.started)
      ? { kind: 'renew add-on', remedy: { type: 'renew_addon', addon, module } }
      : { kind: 'add add-on', remedy: { type: 'add_addon', addon, module } },
  );
}

function packageChanges({ declared, words }: Catalog, access: AccessFacts, module: string): Change[] {
  const running = words.bases(access);
  return Object.keys(declared.packages).flatMap((name): Change[] => {
    const bases = basesOf(declared, name);
    const packages = [name];
    const rows = access.subscriptions.filter((row) => row.package === name);
    const had = rows.some((row) => row.started);
    const type = had ? 'renew_subscription' : 'add_subscription';
    if (bases.length === 0) {
      const sells = declared.packages[name]!.modules[module];
      return sells ? [{ kind: had ? 'renew bundle' : 'add bundle', remedy: { type, packages } }] : [];
    }
    if (words.bases({ subscriptions: rows }).length > 0) {
      return [{ kind: 'end base', remedy: { type: 'end_subscription', packages } }];
    }
    if (bases.length > 1) return [];
    if (running.some((it) => it !== bases[0])) {
      return [{ kind: 'change base', remedy: { type: 'change_base', packages } }];
    }
    return [{ kind: had ? 'renew base' : 'add base', remedy: { type, packages } }];
  });
}

/** The personas a package brings. */
function basesOf({ packages, modules }: CatalogData, name: string): string[] {
  const sold = Object.hasOwn(packages, name) ? Object.keys(packages[name]!.modules) : [];
  return sold.filter((module) => Object.hasOwn(modules, module) && modules[module]!.type === 'base');
}
