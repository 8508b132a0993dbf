/** The sweep along what members change: who makes it, to whom, and what is handed on. */
import type { CatalogData, Change, ChangeInput, RoleFacts } from '../../contract.ts';
import type { AskedChange, Block } from './block.ts';
import { accessOf, ends, fitting, product, richest, some, type Size } from './dimensions.ts';
import { EVERY_RIGHT, MEMBER, MEMBERSHIPS, ROLES, grantChoices, permissionsOf } from './people.ts';

type Target = ChangeInput['target'];

export const CHANGE_TYPES: Change['type'][] = [
  'grant',
  'revoke',
  'entitle',
  'unentitle',
  'add_member',
  'change_member',
  'remove_member',
];

const NO_RIGHT: RoleFacts = { canManageUsers: false, canBuyAddons: false, canGrant: false };
const PLAIN: Target = { membership: MEMBER, role: NO_RIGHT };
const LIMITS = [null, [], ['north'], ['north', 'south']];
const GIVEN_LIMITS = [undefined, ...LIMITS, ['north', 'west']];

const NOTHING_GIVEN = { modules: [], permissions: [], packages: [], addons: [], role: null };

/** A change of this type with nothing in it. */
export function changeOf(type: Change['type'], more: Partial<Change> = {}): Change {
  return { type, ...NOTHING_GIVEN, ...more };
}

/** In parts that do not depend on each other: people, roles, limits, keys; and keys in every sort of company. */
export function* changes(catalog: CatalogData, size: Size): Generator<Block> {
  const block = { sweep: 'changes', token: true, callers: [], routes: [] };
  for (const membership of MEMBERSHIPS) {
    yield { ...block, access: richest(catalog, membership), changes: people(size) };
  }
  const access = richest(catalog, MEMBER);
  for (const part of [roles(size), limits(), keys(catalog, size)]) yield { ...block, access, changes: part };
  yield* companies(catalog, size);
}

/** Every role of the maker × type × whom it is made to. */
function* people(size: Size): Generator<AskedChange> {
  const roles = size === 'all' ? ROLES : [null, NO_RIGHT, ...ROLES.slice(-4)];
  const memberships = some(MEMBERSHIPS, size, 2);
  const targets: Target[] = [null, ...membersOf(memberships, roles)];
  for (const [role, type, target] of product(roles, CHANGE_TYPES, targets)) {
    yield { role, units: null, change: changeOf(type), target };
  }
}

function membersOf(
  memberships: ChangeInput['access']['membership'][],
  roles: (RoleFacts | null)[],
): NonNullable<Target>[] {
  return [...product(memberships, roles)].map(([membership, role]) => ({ membership, role }));
}

/** Every role of the maker × every role that is given. */
function* roles(size: Size): Generator<AskedChange> {
  const types = some(CHANGE_TYPES.slice(4), size, 1);
  for (const [role, type, given] of product(ROLES, types, ROLES)) {
    yield { role, units: null, change: changeOf(type, { role: given }), target: PLAIN };
  }
}

/** Every limit of the maker × every one that is given. */
function* limits(): Generator<AskedChange> {
  for (const [own, type, units] of product(LIMITS, CHANGE_TYPES, GIVEN_LIMITS)) {
    const change = changeOf(type, units === undefined ? {} : { units });
    yield { role: EVERY_RIGHT, units: own, change, target: PLAIN };
  }
}

/** Keys that are had, that are not, that nobody knows, and several at once. */
function* keys(catalog: CatalogData, size: Size): Generator<AskedChange> {
  const modules = severalOf(Object.keys(catalog.modules));
  const permissions = severalOf(Object.keys(catalog.permissions));
  const roles = size === 'all' ? ROLES : ROLES.slice(-2);
  const bought = [[], ['anything']];
  for (const [role, type, module, permission] of product(roles, CHANGE_TYPES, modules, permissions)) {
    const change = changeOf(type, { modules: module, permissions: permission });
    yield { role, units: null, change, target: PLAIN };
  }
  for (const [role, type, packages, addons] of product(ROLES, CHANGE_TYPES, bought, bought)) {
    yield { role, units: null, change: changeOf(type, { packages, addons }), target: PLAIN };
  }
}

/** None, some alone, one nobody knows, all; had and lacking ones are among them in either order. */
function severalOf(known: string[]): string[][] {
  return [[], ...ends(known).map((key) => [key]), ['unheard_of'], known, known.toReversed()];
}

/** Each module and permission handed on by members of every sort of company. */
function* companies(catalog: CatalogData, size: Size): Generator<Block> {
  for (const module of Object.keys(catalog.modules)) {
    const granted = grantChoices(catalog, module);
    const bought = some(fitting(catalog, module), size, 1);
    for (const [company, grants, judged] of product(bought, granted, [{}, { resolved: true as const }])) {
      const access = { ...accessOf(company, grants), ...judged };
      const given = permissionsOf(catalog, module).map((permission) => ({ permissions: [permission] }));
      const asked = some([{ modules: [module] }, ...given], size, 2).map((more) => changeOf('grant', more));
      const changes = asked.map((change) => ({ role: EVERY_RIGHT, units: null, change, target: PLAIN }));
      yield { sweep: 'changes', token: true, callers: [], routes: [], access, changes };
    }
  }
}
