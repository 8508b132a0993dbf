import { SignJWT } from 'jose';
import type { Access, Assertions } from '../access/access.ts';
import type { Exchange } from '../request/exchange.ts';
import type { AssertionKeys } from './keys.ts';

/** `iss` of every assertion. */
export const ASSERTION_ISSUER = 'gateway';
const LIFE_S = 30;
/** A token is handed out again only while a module that gets it late still accepts it. */
const REUSE_MS = 20_000;
/** Of the permissions and units as JSON; above it an assertion carries the request's permission alone. */
const MAX_LIST_BYTES = 3072;

interface Claims {
  aud: string;
  sub: string;
  [claim: string]: unknown;
}

/** Signs who is asking and what they may do for a module; one signature serves every request alike. */
export class AssertionIssuer {
  readonly #keys: AssertionKeys;

  constructor(keys: AssertionKeys) {
    this.#keys = keys;
  }

  get jwks() {
    return this.#keys.jwks;
  }

  /** The assertion for this judged request; `undefined` on a public route, where nobody is known. */
  assert(exchange: Exchange): string | undefined | Promise<string> {
    const { match, access, subject, user } = exchange;
    if (access) return this.#forAccess(exchange, access);
    if (!user || subject?.kind !== 'user') return undefined;
    // The module's key, which every service of it begins with.
    const [aud = ''] = match!.route.service.split('.');
    const token = subject.tokenVersion ?? user.tokenVersion;
    const slot = `${aud} ${token}`;
    return (
      fresh(user.assertions, slot) ??
      this.#sign(user.assertions, slot, { aud, sub: subject.id, versions: { token } })
    );
  }

  #forAccess(exchange: Exchange, access: Access): string | Promise<string> {
    const { subject, match } = exchange;
    const { id, module, permission } = match!.route;
    const all = access.permissionsIn(module!, exchange.catalog);
    const assertions = access.assertionsUnder(exchange.catalog);
    const caller = subject?.kind === 'module' ? subject.key : undefined;
    const known = caller
      ? fresh(assertions, `${id} ${caller}`)
      : (fresh(assertions, module!) ?? fresh(assertions, id));
    if (known) return known;

    const { role, units, versions } = access.record;
    const alone = caller !== undefined || JSON.stringify([all, units]).length > MAX_LIST_BYTES;
    const slot = caller ? `${id} ${caller}` : alone ? id : module!;
    return this.#sign(assertions, slot, {
      aud: module!,
      sub: access.userId,
      company: access.companyId,
      role: role?.key ?? null,
      units,
      permissions: alone ? [permission] : all,
      versions,
      ...(caller && { caller }),
    });
  }

  async #sign(slots: Assertions, slot: string, { aud, sub, ...claims }: Claims): Promise<string> {
    const reuseUntil = performance.now() + REUSE_MS;
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', kid: this.#keys.kid, typ: 'JWT' })
      .setIssuer(ASSERTION_ISSUER)
      .setAudience(aud)
      .setSubject(sub)
      .setIssuedAt()
      .setExpirationTime(`${LIFE_S}s`)
      .sign(this.#keys.signingKey);
    slots.set(slot, { token, reuseUntil });
    return token;
  }
}

function fresh(slots: Assertions, slot: string): string | undefined {
  const known = slots.get(slot);
  return known && performance.now() < known.reuseUntil ? known.token : undefined;
}
