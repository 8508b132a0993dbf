import { createEngine, type PolicyEngine } from '../../policies/engine/engine.ts';
import type { AccessFacts, CatalogData, EffectiveAccess, Reason } from '../../policies/contract.ts';
import { readAccess } from '../../platform/auth/access.ts';
import { readMemberships } from '../../platform/auth/members.ts';
import { readCatalog } from '../../platform/core/catalog.ts';
import { readBought, type Bought, type Company } from '../../platform/core/companies.ts';
import { policyInUse } from '../policy-in-use.ts';
import { oneCompany, oneUser } from './names.ts';
import { plain, type Plain } from './plain.ts';
import type { Operation } from './platform.ts';
import type { MemberArgs } from './users.ts';

export interface ModuleAccess {
  key: string;
  type: 'base' | 'addon';
  allowed: boolean;
  granted: boolean;
  /** When the grant ends by itself, ISO; null: it does not, or there is none. */
  grantedUntil: string | null;
  /** What of the company's packages and add-ons sells it, past and future periods too. */
  bought: Plain<Bought>[];
  /** Why it may not be entered, in the policy's words. */
  missing: Reason[];
}

export interface PermissionAccess {
  key: string;
  module: string;
  allowed: boolean;
  granted: boolean;
  grantedUntil: string | null;
  missing: Reason[];
}

export interface AccessReport {
  user: { id: string; name: string; email: string };
  company: Company;
  membership: { role: string; status: string; units: string[] | null } | null;
  /** Of the policy that decided. */
  revision: string;
  modules: ModuleAccess[];
  permissions: PermissionAccess[];
  delegation: EffectiveAccess['delegation'];
}

/** What a user may do in a company and why, as the policy decides it on the facts of this moment. */
export const showAccess: Operation<MemberArgs, AccessReport> = async ({ db }, args) => {
  const { id, name, email } = await oneUser(db, args.user);
  const company = await oneCompany(db, args.company);
  const { facts, role, units } = await readAccess(db, id, company.id);
  const { data } = await readCatalog(db);
  const bought = (await readBought(db)).get(company.id) ?? [];
  const engine = await createEngine(await policyInUse(), data, {
    warmUp: 0,
  });
  const { key: roleKey = '', ...roleFacts } = role ?? {};
  const effective = engine.effective({
    access: facts,
    role: role && (roleFacts as Omit<typeof role, 'key'>),
  });
  const [known] = await readMemberships(db, { userId: id, companyId: company.id });
  const grantedUntil = (key: string) => known?.ends[key] ?? null;
  const missing = missingBy(engine, data, facts);

  return {
    user: { id, name, email },
    company,
    membership: facts.membership && { role: roleKey, status: facts.membership.status, units },
    revision: engine.revision,
    modules: byKey(data.modules).map(([key, { type }]) => ({
      key,
      type,
      allowed: effective.modules.includes(key),
      granted: facts.modules.includes(key),
      grantedUntil: grantedUntil(key),
      bought: plain(bought.filter((period) => sells(data, period, key))),
      missing: missing({ module: key }).filter((reason) => reason !== 'permission_missing'),
    })),
    permissions: byKey(data.permissions).map(([key, { module }]) => ({
      key,
      module,
      allowed: effective.permissions.includes(key),
      granted: facts.permissions.includes(key),
      grantedUntil: grantedUntil(key),
      missing: missing({ permission: key }),
    })),
    delegation: effective.delegation,
  };
};

/** The policy speaks of routes: what is missing for a module or a permission is missing for a route that needs it. */
function missingBy(engine: PolicyEngine, { routes }: CatalogData, access: AccessFacts) {
  const all = Object.entries(routes);
  return (of: { module: string } | { permission: string }): Reason[] => {
    const [name, value] = Object.entries(of)[0] as ['module' | 'permission', string];
    const route = all.find(([, it]) => it[name] === value)?.[0];
    if (route === undefined) return [];
    return engine.explain({ route, authenticated: true, caller: null, access }).reasons;
  };
}

function byKey<T>(table: Record<string, T>): [string, T][] {
  return Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1));
}

function sells({ packages, addons }: CatalogData, { kind, key }: Bought, module: string): boolean {
  const sold = kind === 'package' ? packages[key] : addons[key];
  return sold?.modules[module] === true;
}
