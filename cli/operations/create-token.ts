import { issueToken } from '../../platform/auth/tokens.ts';
import { findUser } from '../../platform/auth/users.ts';
import { CliError, EXIT } from '../errors.ts';
import type { Operation } from './platform.ts';

export interface CreateTokenArgs {
  /** Name, e-mail or id. */
  user: string;
  ttlSeconds: number;
}

/** A token of the local Auth service for one user. */
export const createToken: Operation<CreateTokenArgs, string> = async (platform, { user, ttlSeconds }) => {
  const { db, keys, issuer, audience } = platform;
  const found = await findUser(db, user);
  if (found.length !== 1) throw new CliError(EXIT.usage, explain(user, found));
  return issueToken(keys, { user: found[0]!, issuer, audience, ttl: ttlSeconds });
};

function explain(user: string, found: { email: string }[]): string {
  if (found.length === 0)
    return `no user has the name, e-mail or id "${user}" (the demo's come with "npm start")`;
  return `several users are called "${user}": say which by e-mail: ${found.map(({ email }) => email).join(', ')}`;
}
