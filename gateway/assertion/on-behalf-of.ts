import { createLocalJWKSet, jwtVerify, type JWTPayload } from 'jose';
import { unauthorized } from '../errors.ts';
import { UUID } from '../request/uuid.ts';
import { ASSERTION_ISSUER } from './issuer.ts';
import type { User } from '../tokens/subject.ts';
import type { AssertionKeys } from './keys.ts';

export interface OnBehalfOf {
  user: User;
  companyId: string;
}

/** Reads back the assertion a module received and now acts on: the gateway's own, made for that very module. */
export class OnBehalfOfReader {
  readonly #keys: ReturnType<typeof createLocalJWKSet>;

  constructor({ jwks }: AssertionKeys) {
    this.#keys = createLocalJWKSet(jwks);
  }

  /** @throws Refusal 401 */
  async read(assertion: string | undefined | null, module: string): Promise<OnBehalfOf> {
    if (!assertion) throw unauthorized('a service token needs one x-kisum-on-behalf-of');
    const { sub, company, versions } = await this.#verify(assertion, module);
    if (typeof sub !== 'string' || !UUID.test(sub) || typeof company !== 'string' || !UUID.test(company)) {
      throw unauthorized('the assertion in x-kisum-on-behalf-of names no user and company');
    }
    const { token } = (versions ?? {}) as { token?: unknown };
    if (!Number.isSafeInteger(token)) {
      throw unauthorized('the assertion in x-kisum-on-behalf-of names no token version');
    }
    return { user: { kind: 'user', id: sub, tokenVersion: token as number }, companyId: company };
  }

  async #verify(assertion: string, module: string): Promise<JWTPayload> {
    try {
      const options = {
        issuer: ASSERTION_ISSUER,
        audience: module,
        algorithms: ['EdDSA'],
        requiredClaims: ['exp'],
      };
      return (await jwtVerify(assertion, this.#keys, options)).payload;
    } catch (cause) {
      throw unauthorized('the assertion in x-kisum-on-behalf-of is not valid', cause);
    }
  }
}
