import { AUDIENCE, ISSUER, type TestKey } from './token.ts';

/** Base64url of a text, of bytes, or of a value as JSON. */
export function part(value: unknown): string {
  const raw = typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value);
  return Buffer.from(raw as string).toString('base64url');
}

/** An RS256 token of exactly these two parts, each already encoded: what a careful library refuses to make. */
export async function seal(key: TestKey, header: string, payload: string): Promise<string> {
  const signed = `${header}.${payload}`;
  const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', key.privateKey, Buffer.from(signed));
  return `${signed}.${part(Buffer.from(signature))}`;
}

export const headerOf = ({ alg, kid }: TestKey) => ({ alg, kid, typ: 'JWT' });

/** The claims of a good token, in seconds from now. */
export function claimsOf(sub: string) {
  const now = Math.floor(Date.now() / 1000);
  return { iss: ISSUER, aud: AUDIENCE, iat: now, exp: now + 600, sub };
}
