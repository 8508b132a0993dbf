import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, importJWK, type CryptoKey, type JSONWebKeySet, type JWK } from 'jose';

/** The keys the gateway's assertions are signed with. */
export interface AssertionKeys {
  kid: string;
  signingKey: CryptoKey;
  /** Public halves of every key, as served at `/.well-known/gateway-jwks.json`. */
  jwks: JSONWebKeySet;
}

/**
 * Reads `ASSERTION_KEYS`: a JWKS of private Ed25519 keys, the first of which signs. To rotate without a gap, first
 * add the new key at the end everywhere, then move it to the front.
 * @throws Error saying what is wrong with it, never showing a key
 */
export async function readAssertionKeys(text: string): Promise<AssertionKeys> {
  const keys = parse(text);
  const kids = new Set(keys.map(({ kid }) => kid));
  if (kids.size !== keys.length) throw new Error('two keys have the same "kid"');
  const imported = await Promise.all(keys.map((jwk) => importJWK(jwk, 'EdDSA') as Promise<CryptoKey>));
  return {
    kid: keys[0]!.kid!,
    signingKey: imported[0]!,
    jwks: {
      keys: keys.map(({ kty, crv, x, kid }) => ({ kty, crv, x, kid, alg: 'EdDSA', use: 'sig' }) as JWK),
    },
  };
}

/** A new `ASSERTION_KEYS` value with one key. */
export async function generateAssertionKeys(): Promise<string> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  return JSON.stringify({ keys: [{ ...(await exportJWK(privateKey)), kid: randomUUID(), alg: 'EdDSA' }] });
}

function parse(text: string): JWK[] {
  let document: { keys?: unknown };
  try {
    document = JSON.parse(text) as { keys?: unknown };
  } catch {
    throw new Error('it is not JSON');
  }
  const { keys } = document;
  if (!Array.isArray(keys) || keys.length === 0)
    throw new Error('it has no "keys" array with at least one key');
  for (const [i, jwk] of (keys as (JWK | null)[]).entries()) {
    if (jwk?.kty !== 'OKP' || jwk.crv !== 'Ed25519') throw new Error(`key ${i} is not an Ed25519 key`);
    if (!jwk.kid || !jwk.d) throw new Error(`key ${i} has no "kid" or no private part "d"`);
  }
  return keys as JWK[];
}
