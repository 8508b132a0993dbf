/** Keys that sign bundles, and the halves of them that verify. A key says by itself which algorithm it is for. */
import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { PolicyFailure } from './failure.ts';

export type SigningAlgorithm = 'RS256' | 'ES256' | 'PS256';

/** @see readVerifyKeys */
export interface VerifyKey {
  kid?: string;
  alg: SigningAlgorithm;
  key: KeyObject;
}

export type SigningKey = VerifyKey;

type Jwk = JsonWebKey & { kid?: unknown; alg?: unknown; use?: unknown };

/** PEM blocks, one after the other. */
const PEM_BLOCK = /-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----/g;

/**
 * From PEM (public keys, one after the other) or a JWKS or JWK: RSA is RS256 unless its JWK says PS256, a P-256 curve
 * ES256. Keys of PEM have no name and are tried in turn. Throws `PolicyFailure` when there is none, one is private, or
 * of another kind.
 */
export function readVerifyKeys(text: string): VerifyKey[] {
  const keys = isJson(text)
    ? readJwks(text, publicJwk)
    : (text.match(PEM_BLOCK) ?? []).map((block) => fromPem(block, 'public'));
  if (keys.length === 0) throw fault('there is no public key in it');
  const kids = keys.map(({ kid }) => kid).filter((kid) => kid !== undefined);
  if (new Set(kids).size !== kids.length) throw fault('two keys have the same kid');
  return keys;
}

/** From a file. Throws `PolicyFailure`. */
export async function loadVerifyKeys(file: string): Promise<VerifyKey[]> {
  return readVerifyKeys(await readKeyFile(file));
}

/** Throws `PolicyFailure`. */
export async function readKeyFile(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw fault(`${file} cannot be read`, cause);
  });
}

function isJson(text: string): boolean {
  return text.trimStart().startsWith('{');
}

/** The private key of a PEM or JWK, or the first of a JWKS. Throws `PolicyFailure`. */
export function readSigningKey(text: string): SigningKey {
  if (!isJson(text)) return fromPem(text, 'private');
  const [key] = readJwks(text, privateJwk);
  if (key === undefined) throw fault('there is no key in it');
  return key;
}

/** The half that verifies what the other signs. */
export function publicHalf({ key, ...rest }: SigningKey): VerifyKey {
  return { ...rest, key: createPublicKey(key) };
}

function fromPem(text: string, half: 'public' | 'private'): VerifyKey {
  if (/PRIVATE KEY-----/.test(text) !== (half === 'private')) throw fault(`it is not the ${half} half`);
  const key = parsed(() => (half === 'private' ? createPrivateKey(text) : createPublicKey(text)));
  return { alg: algorithmOf(key, undefined), key };
}

function readJwks(text: string, read: (jwk: Jwk) => KeyObject): VerifyKey[] {
  const document = parsed(() => JSON.parse(text) as Jwk & { keys?: Jwk[] });
  const jwks = document.keys ?? [document];
  if (!Array.isArray(jwks)) throw fault('keys must be a list');
  return jwks.map((jwk) => {
    const key = parsed(() => read(jwk));
    const alg = algorithmOf(key, jwk.alg);
    return typeof jwk.kid === 'string' && jwk.kid !== '' ? { kid: jwk.kid, alg, key } : { alg, key };
  });
}

function publicJwk(jwk: Jwk): KeyObject {
  if ('d' in jwk || jwk.kty === 'oct') throw fault('it is not the public half');
  return createPublicKey({ key: jwk, format: 'jwk' });
}

function privateJwk(jwk: Jwk): KeyObject {
  return createPrivateKey({ key: jwk, format: 'jwk' });
}

function algorithmOf(key: KeyObject, named: unknown): SigningAlgorithm {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  const fits: SigningAlgorithm[] = [];
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= 2048) fits.push('RS256', 'PS256');
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') fits.push('ES256');
  const alg = named === undefined ? fits[0] : fits.find((it) => it === named);
  if (alg === undefined) throw fault('RSA of 2048 bits or more (RS256, PS256) or P-256 (ES256) is asked for');
  return alg;
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    if (cause instanceof PolicyFailure) throw cause;
    throw fault('it is neither PEM nor a JWKS', cause);
  }
}

function fault(what: string, cause?: unknown): PolicyFailure {
  return new PolicyFailure('bundle', `policy key refused: ${what}`, cause);
}
