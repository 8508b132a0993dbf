import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { unauthorized } from './errors.ts';
import { isUnits } from './scope.ts';
import { isUuid } from './uuid.ts';
import { verify } from './verify.ts';

export const ASSERTION_HEADER = 'x-kisum-assertion';

const ISSUER = 'gateway';
/** A gateway's assertion lives 30 s; one second more for two readings of its clock. */
const MAX_LIFE_S = 31;
const SKEW_S = 5;

/** What the gateway says of a request it judged. No company on a route that asks for none. */
export interface Assertion {
  userId: string;
  /** Lower-case UUID. */
  company: string | undefined;
  /** Business units of it that the user is limited to; null: not limited. */
  units: string[] | null;
  role: string | null;
  permissions: string[];
  versions: Record<string, unknown>;
  /** The module that asks on behalf of the user. */
  caller: string | undefined;
}

/** Checks the gateway's signature, the audience, the time and every claim's type. Throws `unauthorized`. */
export async function verifyAssertion(
  token: string,
  keys: JWTVerifyGetKey,
  audience: string,
): Promise<Assertion> {
  const claims = await verify(token, keys, {
    algorithms: ['EdDSA'],
    issuer: ISSUER,
    audience,
    clockTolerance: SKEW_S,
  });
  return typed(claims);
}

function typed(claims: JWTPayload): Assertion {
  const { sub, iat = 0, exp = Infinity, company, role = null, permissions = [], versions, caller } = claims;
  // Without a company there is nothing to be limited to; with one, whoever says nothing of a limit says too little.
  const { units = company === undefined ? null : undefined } = claims;
  const lifeS = exp - iat;
  const right =
    isUuid(sub) &&
    lifeS <= MAX_LIFE_S &&
    iat <= Date.now() / 1000 + SKEW_S &&
    (company === undefined || isUuid(company)) &&
    isUnits(units) &&
    (role === null || typeof role === 'string') &&
    isStrings(permissions) &&
    typeof versions === 'object' &&
    versions !== null &&
    (caller === undefined || typeof caller === 'string');
  if (!right) throw unauthorized('the assertion is malformed');
  return {
    userId: sub.toLowerCase(),
    company: company?.toLowerCase(),
    units,
    role,
    permissions,
    versions: versions as Record<string, unknown>,
    caller,
  };
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
