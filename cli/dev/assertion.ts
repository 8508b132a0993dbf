import { permissionsOf, routesOf } from '../../modules/manifest/derive.ts';
import type { Manifest, ManifestRoute } from '../../modules/manifest/manifest.ts';
import type { World } from '../conformance/runtime/world/world.ts';

/** Ana of Acme, as in the demo data: she may do everything in the module. */
export const USER = 'aaaaaaaa-0000-4000-8000-000000000001';
export const COMPANY = '11111111-1111-4111-8111-111111111111';
/** Bluenote, where a row belongs to two companies. */
export const OTHER_COMPANY = '22222222-2222-4222-8222-222222222222';

const LIFE_S = 30;

/** What the gateway would say of this request, signed with a key that nobody else trusts and that ends with the run. */
export function assertionFor(
  manifest: Manifest,
  route: ManifestRoute,
  company: string,
  world: World,
): string {
  const now = Math.floor(Date.now() / 1000);
  return world.gatewayKey.sign({
    iss: 'gateway',
    aud: route.access === 'module' ? manifest.key : route.service,
    sub: USER,
    role: 'ADMIN',
    permissions: permissionsOf(manifest).map(({ key }) => key),
    versions: { token: 1, access: 1, entitlement: 1 },
    iat: now,
    exp: now + LIFE_S,
    ...(route.access === 'module' && { company, units: null }),
  });
}

/** The declared route of a request's path; without one the module itself says that there is none. */
export function routeOf(manifest: Manifest, method: string, path: string): ManifestRoute | undefined {
  return routesOf(manifest).find((route) => route.method === method && pattern(route.path).test(path));
}

/** Letters, digits, `_`, `-`, `.`, `~` and `/` are all a declared path holds beside its parameters. */
function pattern(path: string): RegExp {
  const text = path
    .replaceAll('.', '\\.')
    .replace(/\{\w+:(\w+)\}/g, (_, type: string) => (type === 'path' ? '.+' : '[^/]+'));
  return new RegExp(`^${text}$`);
}
