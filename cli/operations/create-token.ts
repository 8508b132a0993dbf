import { issueToken } from '../../platform/auth/tokens.ts';
import { oneUser } from './names.ts';
import type { Operation } from './platform.ts';

export interface CreateTokenArgs {
  /** Name, e-mail or id. */
  user: string;
  ttlSeconds: number;
}

/** A token of the local Auth service for one user. */
export const createToken: Operation<CreateTokenArgs, string> = async (platform, { user, ttlSeconds }) => {
  const { db, keys, issuer, audience } = platform;
  return issueToken(keys, { user: await oneUser(db, user), issuer, audience, ttl: ttlSeconds });
};
