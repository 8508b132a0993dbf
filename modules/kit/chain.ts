import type { ManifestRoute } from '../manifest/manifest.ts';
import type { AccessTokenRules } from './access-token.ts';
import { accessFromAuth } from './auth-access.ts';
import type { ModuleDefinition } from './define-module.ts';
import type { AuthConnection, ModuleHost } from './host.ts';
import { keysFrom } from './keys.ts';
import { requireCompanyContext } from './require-company-context.ts';
import { requireModule } from './require-module.ts';
import { requirePermission } from './require-permission.ts';
import { resolveAccessContext } from './resolve-access-context.ts';
import type { Step } from './state.ts';
import { validateJwt } from './validate-jwt.ts';

/** The steps before a route's handler, in their one order; a route that asks for less has fewer, never others. */
export function chainOf(
  { manifest: { key } }: ModuleDefinition,
  host: ModuleHost,
): (route: ManifestRoute) => Step[] {
  const assertionKeys = keysFrom(host.assertionKeys);
  const accessTokens = host.auth && tokenRules(host.auth);
  const fromAuth = host.auth && accessFromAuth(host.auth, host.moduleSecret);

  return ({ access, permission }) => {
    switch (access) {
      case 'public':
        return [];
      case 'authenticated':
        return [validateJwt({ audience: key, assertionKeys, accessTokens })];
      case 'module':
        return [
          validateJwt({ audience: key, assertionKeys, accessTokens }),
          requireCompanyContext(),
          resolveAccessContext(key, fromAuth),
          requireModule(key),
          requirePermission(permission!),
        ];
    }
  };
}

function tokenRules(auth: AuthConnection): AccessTokenRules {
  const { url, issuer, audience, jwksUrl = `${url}/.well-known/jwks.json`, algorithms = ['RS256'] } = auth;
  return { keys: keysFrom(jwksUrl), issuer, audience, algorithms };
}
