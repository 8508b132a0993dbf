import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';

/** A key pair of a stub: signs what is right, and whatever is wrong in a way of its choosing. */
export interface SigningKey {
  alg: 'RS256' | 'EdDSA';
  kid: string;
  publicJwk: JsonWebKey & { kid: string };
  /** A compact token with exactly these claims; what stands in `header` replaces the right one, `undefined` drops it. */
  sign(claims: Record<string, unknown>, header?: Record<string, unknown>): string;
}

export function signingKey(alg: SigningKey['alg'], kid: string): SigningKey {
  const { privateKey } =
    alg === 'RS256' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519');
  return withKey(alg, kid, privateKey);
}

/** The gateway's private key as its JWKS holds it (`kisum-cli keys generate`), for a service that knows it already. */
export function keyFromJwk(jwk: JsonWebKey): SigningKey {
  const kid = typeof jwk['kid'] === 'string' ? jwk['kid'] : 'given';
  return withKey('EdDSA', kid, createPrivateKey({ key: jwk, format: 'jwk' }));
}

function withKey(alg: SigningKey['alg'], kid: string, privateKey: KeyObject): SigningKey {
  const publicJwk = { ...createPublicKey(privateKey).export({ format: 'jwk' }), kid, alg, use: 'sig' };
  return {
    alg,
    kid,
    publicJwk,
    sign(claims, header = {}) {
      const input = signingInput({ alg, kid, typ: 'JWT', ...header }, claims);
      const hash = alg === 'RS256' ? 'sha256' : null;
      return `${input}.${sign(hash, Buffer.from(input), privateKey).toString('base64url')}`;
    },
  };
}

/** The first two parts of a token. */
export function signingInput(header: object, claims: object): string {
  return [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}
