import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose';
import { ModuleError, unauthorized } from './errors.ts';

const MAX_TOKEN_CHARS = 8192;
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const TYPES = new Set<unknown>([undefined, 'JWT', 'at+jwt']);

/**
 * The claims of a signed token. Algorithms, issuer and audience come from the caller, never from the token.
 * Throws `unauthorized` for anything wrong with it, `service_unavailable` when there is no key to judge it by.
 */
export async function verify(
  token: string,
  keys: JWTVerifyGetKey,
  options: JWTVerifyOptions & { algorithms: string[] },
): Promise<JWTPayload> {
  if (token.length > MAX_TOKEN_CHARS || !isCanonical(token)) throw unauthorized('the token is malformed');
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      ...options,
      requiredClaims: ['iss', 'aud', 'sub', 'iat', 'exp'],
    });
    if (protectedHeader.crit || !TYPES.has(protectedHeader.typ))
      throw unauthorized('the token is of an unknown type');
    return payload;
  } catch (error) {
    if (error instanceof ModuleError) throw error;
    if (error instanceof errors.JOSEError) throw unauthorized('the token is not valid', error);
    throw unauthorized('the token cannot be read', error);
  }
}

/** jose decodes padded and non-canonical base64url; one signature must have one spelling. */
function isCanonical(token: string): boolean {
  if (!COMPACT.test(token)) return false;
  return token.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part);
}
