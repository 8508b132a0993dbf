import { decodeJwt } from 'jose';
import { readMemberships, type Membership } from '../../platform/auth/members.ts';
import { verifyUserToken } from '../../platform/auth/tokens.ts';
import { findUser } from '../../platform/auth/users.ts';
import { CliError, EXIT } from '../errors.ts';
import type { Operation, Platform } from './platform.ts';

export interface Identified {
  user: { id: string; name: string; email: string };
  /** ISO moments. */
  issuedAt: string;
  expiresAt: string;
  companies: Pick<Membership, 'company' | 'role' | 'status'>[];
}

/** Whose token it is, by the local Auth's keys. Throws CliError 1 when it is not good here and now. */
export const identifyToken: Operation<{ token: string }, Identified> = async (platform, { token }) => {
  const { db } = platform;
  const { userId, tokenVersion } = await verified(platform, token);
  const [user] = await findUser(db, userId);
  if (!user) throw refused('its user does not exist any more');
  if (tokenVersion !== undefined && tokenVersion !== user.tokenVersion) throw refused('it was revoked');
  const { iat = 0, exp = 0 } = decodeJwt(token);
  const { id, name, email } = user;
  const memberships = await readMemberships(db, { userId: id });
  return {
    user: { id, name, email },
    issuedAt: moment(iat),
    expiresAt: moment(exp),
    companies: memberships.map(({ company, role, status }) => ({ company, role, status })),
  };
};

async function verified({ keys, issuer, audience }: Platform, token: string) {
  try {
    return await verifyUserToken(await keys.jwks(), { issuer, audience }, token);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    const expired = code === 'ERR_JWT_EXPIRED';
    throw refused(expired ? `it expired at ${moment(decodeJwt(token).exp ?? 0)}` : message);
  }
}

function refused(why: string): CliError {
  return new CliError(
    EXIT.findings,
    `this token is not accepted here: ${why} (a new one: kisum-cli token --user <user>)`,
  );
}

const moment = (seconds: number): string => new Date(seconds * 1000).toISOString();
