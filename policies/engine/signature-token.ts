/** The JWT of a signature: by one of our keys, in that key's algorithm, or by nobody. */
import { compactVerify, decodeProtectedHeader } from 'jose';
import { quoted } from './archive-files.ts';
import { bundleRefused } from './failure.ts';
import type { VerifyKey } from './signature-keys.ts';

/** What was signed, once one of the keys is known to have signed it. Throws `PolicyFailure`. */
export async function verifyToken(jwt: string, keys: readonly VerifyKey[]): Promise<Uint8Array> {
  if (!isCanonical(jwt)) throw bundleRefused('its signature is no JWT as it is written');
  const candidates = candidatesFor(jwt, keys);
  for (const { key, alg } of candidates) {
    const verified = await compactVerify(jwt, key, { algorithms: [alg] }).catch(() => null);
    if (verified !== null) return verified.payload;
  }
  throw bundleRefused('its signature is not by the key that must have signed it');
}

/** Base64 has spare bits that decoders ignore: one signature has one spelling here. */
function isCanonical(jwt: string): boolean {
  return jwt.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part);
}

/** A key's name narrows the choice; it never widens it. */
function candidatesFor(jwt: string, keys: readonly VerifyKey[]): VerifyKey[] {
  const named = keyName(jwt);
  const fitting = keys.filter(({ kid }) => named === undefined || kid === undefined || kid === named);
  if (fitting.length > 0) return fitting;
  throw bundleRefused(`it is signed by the key ${quoted(named ?? '')}, which is not among those set`);
}

function keyName(jwt: string): string | undefined {
  try {
    const { kid } = decodeProtectedHeader(jwt);
    return kid === undefined || kid === '' ? undefined : String(kid);
  } catch (cause) {
    throw bundleRefused('its signature is no JWT', cause);
  }
}
