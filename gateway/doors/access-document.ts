import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Capabilities, Reason } from '../../policies/contract.ts';
import type { PolicyEngine } from '../../policies/engine/engine.ts';
import type { Access } from '../access/access.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { Refusal, unavailable } from '../errors.ts';
import type { Parts } from '../parts.ts';
import { etagOf } from '../request/etag.ts';
import { messageOf } from '../steps/enforce.ts';

/** Answers of the policy that are remembered, in characters, so that no number of users grows them without limit. */
const REMEMBERED_CHARS = 33_554_432;
/** What closes all of a company to somebody. */
const OUTSIDE: readonly (Reason | undefined)[] = ['no_membership', 'membership_inactive'];

/** What `GET /access/me` answers, as it is sent. The tag is of its bytes. */
export interface AccessDocument {
  text: string;
  etag: string;
}

/** Everything one user may do in one company, and what is missing to the rest, in the policy's own words. */
export class AccessDocuments {
  readonly #policies: { readonly isCurrent: boolean };
  /** Whoever has the same facts and role is told the same of them. */
  readonly #told = new WeakMap<PolicyEngine, LRUCache<string, string>>();

  constructor({ policies }: Pick<Parts, 'policies'>) {
    this.#policies = policies;
  }

  /** @throws Refusal 403 for who is no active member, 503 when it cannot be determined */
  of(access: Access, catalog: Catalog): AccessDocument {
    if (!this.#policies.isCurrent) throw unavailable('access cannot be determined');
    const { userId, companyId, record } = access;
    const { role, units, versions } = record;
    const known = JSON.stringify({ userId, companyId, tenantRole: role?.key ?? null, units });
    const meta = JSON.stringify({
      revision: catalog.engine.revision,
      catalogVersion: catalog.version,
      tokenVersion: versions.token,
      accessVersion: versions.access,
      entitlementVersion: versions.entitlement,
    });
    const text = `{"success":true,"data":${known.slice(0, -1)},${this.#judged(access, catalog)},"meta":${meta}}}`;
    return { text, etag: etagOf(text) };
  }

  /** `"modules":…,"actions":…,"delegation":…` */
  #judged({ record: { facts, role } }: Access, { engine }: Catalog): string {
    let told = this.#told.get(engine);
    if (!told) {
      told = new LRUCache({ maxSize: REMEMBERED_CHARS, sizeCalculation: ({ length }) => length });
      this.#told.set(engine, told);
    }
    const key = hash('sha256', JSON.stringify([facts, role]), 'base64url');
    let text = told.get(key);
    if (text === undefined) {
      const capabilities = asked(() => engine.capabilities({ access: facts }));
      refuseOutsiders(capabilities);
      const { delegation } = asked(() => engine.effective({ access: facts, role }));
      const { modules, actions } = capabilities;
      text = JSON.stringify({ modules: sorted(modules), actions: sorted(actions), delegation }).slice(1, -1);
      told.set(key, text);
    }
    return text;
  }
}

/** A company that does not exist, and one that does not know this user: the same answer. */
function refuseOutsiders({ modules }: Capabilities): void {
  const reason = Object.values(modules)
    .map(({ reasons }) => reasons[0])
    .find((it) => OUTSIDE.includes(it));
  if (reason) throw new Refusal('forbidden', messageOf(reason), { reasons: [reason] });
}

/** The same bytes on every replica. */
function sorted<T>(byKey: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(byKey).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function asked<T>(question: () => T): T {
  try {
    return question();
  } catch (cause) {
    throw unavailable('access cannot be determined', cause);
  }
}
