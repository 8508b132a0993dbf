/** Ed25519 keys of the decision log: the private half signs checkpoints, the public half checks them. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  sign,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';

export interface LogSigner {
  /** RFC 7638 thumbprint of the public half: the same for the same key, however it is written. */
  kid: string;
  /** Signature, base64url. */
  sign(text: string): string;
}

/** Public keys by their thumbprint. */
export type LogKeys = ReadonlyMap<string, KeyObject>;

/**
 * The private Ed25519 key of a PEM, a JWK, or the first of a JWKS.
 * Throws an error saying what is wrong with it, never showing a key.
 */
export function readLogSigner(text: string): LogSigner {
  const [key] = keysIn(text, (it) => createPrivateKey(it));
  return { kid: thumbprint(key!), sign: (it) => sign(null, Buffer.from(it), key!).toString('base64url') };
}

/** The keys of a PEM, a JWK or a JWKS, to check signatures with. Of a private key the public half is taken. */
export function readLogKeys(text: string): LogKeys {
  const keys = keysIn(text, (it) => createPublicKey(it));
  return new Map(keys.map((key) => [thumbprint(key), key]));
}

type Written = string | { key: JsonWebKey; format: 'jwk' };

function keysIn(text: string, read: (written: Written) => KeyObject): KeyObject[] {
  const keys = writtenKeys(text).map((written) => {
    try {
      return read(written);
    } catch {
      throw new Error('it is no key of the half that is asked for: PEM, JWK or JWKS, Ed25519');
    }
  });
  if (keys.length === 0) throw new Error('there is no key in it');
  if (keys.some(({ asymmetricKeyType }) => asymmetricKeyType !== 'ed25519'))
    throw new Error('only Ed25519 keys are supported');
  return keys;
}

function writtenKeys(text: string): Written[] {
  if (!text.trimStart().startsWith('{')) return [text];
  let document: JsonWebKey & { keys?: unknown };
  try {
    document = JSON.parse(text) as typeof document;
  } catch {
    throw new Error('it is not JSON');
  }
  const jwks = document.keys === undefined ? [document] : document.keys;
  if (!Array.isArray(jwks)) throw new Error('"keys" must be a list');
  return (jwks as JsonWebKey[]).map((key) => ({ key, format: 'jwk' }));
}

function thumbprint(key: KeyObject): string {
  const { x } = createPublicKey(
    key.type === 'private' ? key : key.export({ format: 'pem', type: 'spki' }),
  ).export({
    format: 'jwk',
  });
  return createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest('base64url');
}
