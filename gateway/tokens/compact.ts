import { unauthorized } from '../errors.ts';
import { parseJson } from '../request/json.ts';

const TYPES = new Set(['jwt', 'at+jwt']);

/**
 * Reads the header of a compact JWT and refuses what jose would let pass: padded or non-canonical base64url,
 * unknown `typ`, any `crit`, a member named twice.
 * @throws Refusal 401
 */
export function readCompactJwt(
  token: string,
  algorithms: string[],
): { alg: string; kid: string | undefined } {
  const parts = token.split('.');
  if (parts.length !== 3 || !parts.every(isCanonical)) throw unauthorized('the token is not a compact JWT');
  const header = readObject(parts[0]!);
  readObject(parts[1]!);
  const { alg, kid, typ, crit } = header;
  if (typeof alg !== 'string' || !algorithms.includes(alg))
    throw unauthorized('the signature algorithm is not allowed');
  if (kid !== undefined && typeof kid !== 'string') throw unauthorized('the key id is not a string');
  if (crit !== undefined) throw unauthorized('critical header parameters are not supported');
  if (typ !== undefined && !isAccessTokenType(typ)) {
    throw unauthorized('the token type is not an access token');
  }
  return { alg, kid };
}

const isAccessTokenType = (typ: unknown) =>
  typeof typ === 'string' && TYPES.has(typ.toLowerCase().replace(/^application\//, ''));

const isCanonical = (part: string) =>
  part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part;

function readObject(part: string): Record<string, unknown> {
  try {
    const value = parseJson(Buffer.from(part, 'base64url').toString('utf8'));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not an object');
    return value as Record<string, unknown>;
  } catch (cause) {
    throw unauthorized('the token is not a JSON Web Token', cause);
  }
}
