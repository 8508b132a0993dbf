import type { JWTVerifyGetKey } from 'jose';
import { unauthorized } from './errors.ts';
import { isUuid } from './uuid.ts';
import { verify } from './verify.ts';

const SKEW_S = 30;

/** How Auth's own tokens are known. */
export interface AccessTokenRules {
  keys: JWTVerifyGetKey;
  issuer: string;
  audience: string;
  algorithms: string[];
}

/** The user a token of Auth speaks for. Throws `unauthorized`. */
export async function verifyAccessToken(
  token: string,
  { keys, ...rules }: AccessTokenRules,
): Promise<string> {
  const { sub, iat = 0 } = await verify(token, keys, { ...rules, clockTolerance: SKEW_S });
  if (!isUuid(sub)) throw unauthorized('the token names no user');
  if (iat > Date.now() / 1000 + SKEW_S) throw unauthorized('the token is not yet valid');
  return sub.toLowerCase();
}
