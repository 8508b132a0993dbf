import { unauthorized } from '../errors.ts';

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
  const text = Buffer.from(part, 'base64url').toString('utf8');
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not an object');
    if (countMembers(value) !== writtenMembers(text)) throw new Error('a member is named twice');
    return value as Record<string, unknown>;
  } catch (cause) {
    throw unauthorized('the token is not a JSON Web Token', cause);
  }
}

/** Members as written: every string followed by a colon. Strings are consumed whole, so none inside one counts. */
const writtenMembers = (json: string) =>
  [...json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon).length;

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Object.values(value).reduce((sum: number, item) => sum + countMembers(item), 0);
  return inner + (Array.isArray(value) ? 0 : Object.keys(value).length);
}
