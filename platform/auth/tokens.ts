import { createLocalJWKSet, type JSONWebKeySet, jwtVerify, SignJWT } from 'jose';
import type { AuthKeys } from './keys.ts';

const SKEW_S = 30;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Who issues tokens, and for whom. */
export interface TokenParties {
  issuer: string;
  audience: string;
}

export interface UserToken {
  userId: string;
  tokenVersion: number | undefined;
}

/** A user's token, for `ttl` seconds. */
export async function issueToken(
  keys: AuthKeys,
  options: TokenParties & { user: { id: string; tokenVersion: number }; ttl: number },
): Promise<string> {
  const { user, ttl, ...parties } = options;
  return sign(keys, parties, user.id, ttl, { tokenVersion: user.tokenVersion });
}

/** A module's own token, for `ttl` seconds: `sub` is `module:<key>`. */
export async function issueModuleToken(
  keys: AuthKeys,
  options: TokenParties & { module: string; ttl: number },
): Promise<string> {
  const { module, ttl, ...parties } = options;
  return sign(keys, parties, `module:${module}`, ttl, {});
}

async function sign(
  keys: AuthKeys,
  { issuer, audience }: TokenParties,
  subject: string,
  ttl: number,
  claims: Record<string, unknown>,
): Promise<string> {
  const { kid, alg, key } = await keys.signing();
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT(claims)
    .setProtectedHeader({ alg, kid, typ: 'JWT' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(subject)
    .setIssuedAt(now)
    .setExpirationTime(now + ttl)
    .sign(key);
}

/** The user a token was issued to. Throws when it is not a user's valid token. */
export async function verifyUserToken(
  jwks: JSONWebKeySet,
  parties: TokenParties,
  token: string,
): Promise<UserToken> {
  const { payload } = await jwtVerify(token, createLocalJWKSet(jwks), {
    issuer: parties.issuer,
    audience: parties.audience,
    algorithms: ['RS256'],
    typ: 'JWT',
    clockTolerance: SKEW_S,
    requiredClaims: ['iss', 'aud', 'sub', 'iat', 'exp'],
  });
  const { sub, iat, tokenVersion } = payload;
  if (typeof sub !== 'string' || !UUID.test(sub)) throw new Error('the token names no user');
  if (typeof iat !== 'number' || iat > Date.now() / 1000 + SKEW_S)
    throw new Error('the token is from the future');
  if (tokenVersion !== undefined && typeof tokenVersion !== 'number')
    throw new Error('the token version is no number');
  return { userId: sub.toLowerCase(), tokenVersion };
}

export function isUuid(value: string): boolean {
  return UUID.test(value);
}
