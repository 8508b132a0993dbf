import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JSONWebKeySet } from 'jose';

export const ACME = '11111111-1111-4111-8111-111111111111';
export const BLUENOTE = '22222222-2222-4222-8222-222222222222';
export const ANA = 'aaaaaaaa-0000-4000-8000-000000000001';

export interface Signer {
  jwks: JSONWebKeySet;
  privateKey: CryptoKey;
  /** A right token by default; what is given replaces its claims and header. */
  sign(claims?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
}

/** A gateway's signing key, and assertions signed with it. */
export async function assertionSigner(audience: string): Promise<Signer> {
  return signer('EdDSA', (now) => ({
    iss: 'gateway',
    aud: audience,
    sub: ANA,
    company: ACME,
    role: 'ADMIN',
    units: null,
    permissions: [],
    versions: { token: 1, access: 1, entitlement: 1 },
    iat: now,
    exp: now + 30,
  }));
}

/** Auth's signing key, and access tokens signed with it. */
export async function tokenSigner(): Promise<Signer> {
  return signer('RS256', (now) => ({
    iss: 'https://auth.test',
    aud: 'kisum',
    sub: ANA,
    iat: now,
    exp: now + 300,
  }));
}

async function signer(alg: string, right: (now: number) => Record<string, unknown>): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const kid = randomUUID();
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }] };
  const sign = (claims = {}, header = {}) =>
    new SignJWT({ ...right(Math.floor(Date.now() / 1000)), ...claims })
      .setProtectedHeader({ alg, kid, typ: 'JWT', ...header })
      .sign(privateKey);
  return { jwks, privateKey, sign };
}
