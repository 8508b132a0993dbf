import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Manifest } from '../../../../modules/manifest/manifest.ts';
import { CliError, EXIT } from '../../../errors.ts';
import { claimsOf, header, json } from './answers.ts';
import { type AccessCall, type AuthAnswer, noMember } from './auth.ts';
import { reads } from './gateway.ts';
import { signingKey, type SigningKey } from './keys.ts';

/** Auth's tokens, as the service under test is configured to expect them. */
export const ISSUER = 'https://auth.conformance.kisum.test';
export const AUDIENCE = 'kisum';

/** All a module speaks to: Auth and the gateway, on one address, doing what a probe says. */
export interface World {
  url: string;
  /** The same, except that no key can be had there. */
  coldUrl: string;
  authKey: SigningKey;
  gatewayKey: SigningKey;
  /** What the stubs publish from now on; a good service notices within a second. */
  published: { auth: unknown; gateway: unknown };
  /** What this user's questions get from now on; by default nobody is a member of anything. */
  answers: Map<string, AuthAnswer>;
  calls: AccessCall[];
  /** The token the stub gave the module for its own reads. */
  serviceToken: string;
  close(): Promise<void>;
}

export interface WorldOptions {
  module: Manifest;
  /** Of the whole tree: who owns what the module reads. */
  all: Manifest[];
  /** 0: any free one. */
  port?: number;
  /** Signs assertions instead of a key made for this run. */
  gatewayKey?: SigningKey;
}

export async function openWorld({ module, all, port = 0, gatewayKey }: WorldOptions): Promise<World> {
  // A service that lives longer than one check has seen the keys of the last one.
  const run = randomBytes(4).toString('hex');
  const authKey = signingKey('RS256', `auth-${run}`);
  const gateway = gatewayKey ?? signingKey('EdDSA', `gateway-${run}`);
  const now = Math.floor(Date.now() / 1000);
  const serviceToken = authKey.sign({
    iss: ISSUER,
    aud: AUDIENCE,
    sub: `module:${module.key}`,
    iat: now,
    exp: now + 3600,
  });
  const world: Omit<World, 'url' | 'coldUrl' | 'close'> = {
    authKey,
    gatewayKey: gateway,
    published: { auth: { keys: [authKey.publicJwk] }, gateway: { keys: [gateway.publicJwk] } },
    answers: new Map(),
    calls: [],
    serviceToken,
  };
  const foreign = reads(module, all);
  const routes: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
    'GET /.well-known/jwks.json': (_, response) => json(response, 200, world.published.auth),
    'GET /.well-known/gateway-jwks.json': (_, response) => json(response, 200, world.published.gateway),
    'GET /auth/me/access': (request, response) => access(world, request, response),
    'POST /auth/service-token': (request, response) => {
      request.resume();
      json(response, 200, { success: true, data: { token: serviceToken, expiresIn: 3600 } });
    },
  };
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/\?.*$/, '');
    const answer = routes[`${request.method} ${path}`];
    if (answer) return answer(request, response);
    if (path.startsWith('/api/')) return foreign(request, response);
    json(response, 503, { success: false, error: { code: 'service_unavailable', message: 'not here' } });
  });
  await new Promise<void>((resolve, reject) => {
    const taken = (cause: Error): void =>
      reject(new CliError(EXIT.outside, `port ${port} is taken: choose another with --auth-port`, cause));
    server.once('error', taken).listen(port, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return Object.assign(world, { url, coldUrl: `${url}/cold`, close });
}

function access(
  world: Pick<World, 'answers' | 'calls'>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const token = /^Bearer (.+)$/i.exec(header(request, 'authorization') ?? '')?.[1] ?? '';
  const { sub } = claimsOf(token);
  const userId = typeof sub === 'string' ? sub : '';
  const call = {
    userId,
    company: header(request, 'x-org') ?? '',
    token,
    secret: header(request, 'x-internal-api-key'),
  };
  world.calls.push(call);
  (world.answers.get(userId) ?? noMember)(response, call);
}
