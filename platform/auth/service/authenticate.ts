import type { IncomingMessage } from 'node:http';
import { readUser } from '../access.ts';
import { moduleSecret, sameSecret } from '../module-secret.ts';
import { type UserToken, verifyUserToken } from '../tokens.ts';
import { AuthError } from './errors.ts';
import { bearerToken, isSent, single } from './headers.ts';
import type { AuthServiceOptions } from './options.ts';

/** The user whose token this is: valid, and not revoked since. Throws 401; when that cannot be known, anything else. */
export async function authenticate(request: IncomingMessage, options: AuthServiceOptions): Promise<string> {
  const token = await verified(bearerToken(request), options);
  const user = await readUser(options.db, token.userId);
  if (!user) throw new AuthError('unauthorized', 'the user of this token does not exist');
  if (token.tokenVersion !== undefined && token.tokenVersion !== user.tokenVersion) {
    throw new AuthError('unauthorized', 'the token was revoked');
  }
  return token.userId;
}

async function verified(token: string, { keys, issuer, audience }: AuthServiceOptions): Promise<UserToken> {
  const jwks = await keys.jwks();
  try {
    return await verifyUserToken(jwks, { issuer, audience }, token);
  } catch (cause) {
    throw new AuthError('unauthorized', 'the token is not valid', cause);
  }
}

/** A backend that says it is one shows the internal key or its module's secret. Throws 401. */
export async function checkBackend(request: IncomingMessage, options: AuthServiceOptions): Promise<void> {
  if (!isSent(request, 'x-internal-api-key')) return;
  const sent = single(request, 'x-internal-api-key') ?? '';
  const { db, internalApiKey } = options;
  const modules = await db('core.modules').pluck<string[]>('key');
  const known = [internalApiKey, ...modules.map((key) => moduleSecret(internalApiKey, key))];
  if (!known.some((secret) => sameSecret(secret, sent)))
    throw new AuthError('unauthorized', 'unknown internal API key');
}

/** The request shows this module's own secret. Throws 401. */
export async function checkModule(
  request: IncomingMessage,
  module: string,
  { db, internalApiKey }: AuthServiceOptions,
): Promise<void> {
  const sent = single(request, 'x-internal-api-key') ?? '';
  const [known] = await db('core.modules').where({ key: module }).pluck<string[]>('key');
  const right = sameSecret(moduleSecret(internalApiKey, module), sent);
  if (!known || !right)
    throw new AuthError('unauthorized', "send the module's own secret as x-internal-api-key");
}
