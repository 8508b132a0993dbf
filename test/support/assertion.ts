import { decodeJwt, type JWTPayload } from 'jose';
import type { Seen } from './servers.ts';

export interface AssertionClaims extends JWTPayload {
  company?: string;
  role?: string;
  units?: string[] | null;
  permissions?: string[];
  versions: { token: number; access?: number; entitlement?: number };
  caller?: string;
}

/** The assertion a backend was given, as it came. Throws when there is none. */
export function assertionOf({ headers }: Pick<Seen, 'headers'>): string {
  const assertion = headers['x-kisum-assertion'];
  if (typeof assertion !== 'string') throw new Error('the backend was given no assertion');
  return assertion;
}

export const claimsIn = (seen: Pick<Seen, 'headers'>) => decodeJwt<AssertionClaims>(assertionOf(seen));
