import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export const ISSUER = 'bench-auth';
export const AUDIENCE = 'gateway';
const ANA = 'aaaaaaaa-0000-4000-8000-000000000001';
const ACME = '11111111-1111-4111-8111-111111111111';

/** The one request everything is measured with: a member reads a list of a module her company bought. */
export const PATH = '/api/finance/expenses';

export interface Identity {
  jwksUrl: string;
  /** Of that request, as a frontend sends them. */
  headers: Record<string, string>;
  /** Another token of the same user. */
  sign(): Promise<string>;
  stop(): void;
}

/** An Auth with one RS256 key, and a token of Ana at Acme. */
export async function createIdentity(): Promise<Identity> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const kid = 'bench-1';
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' };
  const sign = () =>
    new SignJWT({ email: 'ana@acme.example', name: 'Ana', jti: randomUUID() })
      .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(ANA)
      .setIssuedAt()
      .setExpirationTime('4h')
      .sign(privateKey);
  const server = createServer((_, res) => res.end(JSON.stringify({ keys: [jwk] }))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    jwksUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    headers: {
      authorization: `Bearer ${await sign()}`,
      'x-org': ACME,
      accept: 'application/json',
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36',
    },
    sign,
    stop: () => server.close(),
  };
}
