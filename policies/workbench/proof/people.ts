/** Who can ask: memberships, grants, roles, calling modules. */
import type { AccessFacts, CallerFacts, CatalogData, RoleFacts } from '../../contract.ts';

export type Grants = Pick<AccessFacts, 'modules' | 'permissions'>;

export const MEMBERSHIPS: AccessFacts['membership'][] = [
  null,
  { status: 'active' },
  { status: 'invited' },
  { status: 'suspended' },
];

export const MEMBER: AccessFacts['membership'] = { status: 'active' };

/** Nobody calls: a person asks. */
export const PERSON: (CallerFacts | null)[] = [null];

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

export const ROLES: (RoleFacts | null)[] = [
  null,
  ...[false, true].flatMap((canManageUsers) =>
    [false, true].flatMap((canBuyAddons) =>
      [false, true].map((canGrant) => ({ canManageUsers, canBuyAddons, canGrant })),
    ),
  ),
];

export const EVERY_RIGHT: RoleFacts = { canManageUsers: true, canBuyAddons: true, canGrant: true };

/** Every key the catalog knows that routes or permissions use for this module. */
export function permissionsOf({ permissions, routes }: CatalogData, module: string): string[] {
  const listed = Object.keys(permissions).filter((key) => permissions[key]!.module === module);
  const asked = Object.values(routes)
    .filter((route) => route.module === module)
    .flatMap(({ permission }) => permission ?? []);
  return [...new Set([...listed, ...asked])].sort();
}

/** The module granted or not, its permissions or not, with nothing or with everything else beside it. */
export function grantChoices(catalog: CatalogData, module: string): Grants[] {
  const mine = permissionsOf(catalog, module);
  const { modules, permissions } = everythingBut(catalog, module);
  return [[], modules].flatMap((elsewhere) =>
    [[module], []].flatMap((entered) =>
      [mine, []].map((may) => ({
        modules: [...elsewhere, ...entered],
        permissions: elsewhere.length > 0 ? [...permissions, ...may] : may,
      })),
    ),
  );
}

export function everythingBut(catalog: CatalogData, module: string | null): Grants {
  const mine = new Set(module === null ? [] : permissionsOf(catalog, module));
  const asked = Object.values(catalog.routes).flatMap(({ permission }) => permission ?? []);
  const all = [...new Set([...Object.keys(catalog.permissions), ...asked])];
  return {
    modules: Object.keys(catalog.modules).filter((key) => key !== module),
    permissions: all.filter((key) => !mine.has(key)),
  };
}

/** Modules that could call: those of the catalog and one nobody knows. */
export function callingModules({ modules }: CatalogData): string[] {
  return [...Object.keys(modules), 'unheard_of'];
}

export function callersFor(module: string, methods: string[], companies = [true, false]): CallerFacts[] {
  return methods.flatMap((method) => companies.map((same_company) => ({ module, method, same_company })));
}
