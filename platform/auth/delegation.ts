import type { Knex } from 'knex';
import type {
  Change,
  ChangeInput,
  ChangeReason,
  ChangeVerdict,
  MembershipStatus,
  RoleFacts,
} from '../../policies/contract.ts';
import { readAccess, type AccessRecord } from './access.ts';

/** The part of the policy engine that judges changes. */
export interface ChangePolicy {
  judgeChange(input: ChangeInput): ChangeVerdict;
}

/** Whom a change is made to, as they are before it. */
export interface Target {
  membership: { status: MembershipStatus } | null;
  role: ({ key: string } & RoleFacts) | null;
}

/** What a user is about to change in a company. */
export interface Attempt {
  makerId: string;
  companyId: string;
  /** Null: it is made to what the company buys. */
  targetId: string | null;
  /** Told what of it depends on whom it is made to. */
  changeOf: (target: Target | null) => Change;
}

/** Policy refused a change. Nothing of it was written. */
export class ChangeRefused extends Error {
  readonly attempt: Attempt;
  readonly change: Change;
  /** In order of precedence. */
  readonly reasons: readonly ChangeReason[];
  /** Those of the asked keys that are refused each for itself. */
  readonly keys: readonly string[];

  constructor(attempt: Attempt, change: Change, reasons: readonly ChangeReason[], keys: readonly string[]) {
    super(`policy refuses this change: ${reasons.join(', ')}`);
    this.name = 'ChangeRefused';
    this.attempt = attempt;
    this.change = change;
    this.reasons = reasons;
    this.keys = keys;
  }
}

/**
 * Judges a change in the transaction that makes it: what it was judged by stays as it is until that ends.
 * Throws `ChangeRefused`; where it cannot be judged, anything else.
 * @param policyOf the policy on the catalog as this transaction sees it
 */
export async function judgeChange(
  trx: Knex.Transaction,
  attempt: Attempt,
  policyOf: (trx: Knex.Transaction) => Promise<ChangePolicy>,
): Promise<void> {
  const { makerId, companyId, targetId, changeOf } = attempt;
  await hold(trx, attempt);
  const maker = await readAccess(trx, makerId, companyId);
  const target = targetId === null ? null : await readAccess(trx, targetId, companyId);
  const change = changeOf(target && { membership: target.facts.membership, role: target.role });
  const policy = await policyOf(trx);
  const judge = (asked: Change): ChangeVerdict => policy.judgeChange(inputOf(maker, target, asked));
  const { allow, reasons } = judge(change);
  if (!allow) throw new ChangeRefused(attempt, change, reasons, refusedKeys(change, judge));
}

/**
 * A version cannot rise while somebody holds its row, so neither can what it counts change. Rows that this change itself
 * raises are held for that from the start, and all of them in one order, so that no two changes wait for each other.
 */
async function hold(trx: Knex.Transaction, { makerId, companyId, targetId }: Attempt): Promise<void> {
  const versions = trx('core.company_entitlement_versions').where({ company_id: companyId });
  if (targetId === null) {
    // In the order of whoever changes what the company buys.
    await trx('core.companies').where({ id: companyId }).forNoKeyUpdate().select('id');
    await versions.forUpdate().select('version');
  } else {
    await versions.forShare().select('version');
  }
  for (const user_id of [...new Set([makerId, targetId ?? makerId])].sort()) {
    const held = trx('auth.access_versions').where({ user_id, company_id: companyId }).select('version');
    await (user_id === targetId ? held.forUpdate() : held.forShare());
  }
}

function inputOf(maker: AccessRecord, target: AccessRecord | null, change: Change): ChangeInput {
  return {
    access: maker.facts,
    role: roleFacts(maker.role),
    units: maker.units,
    change,
    target: target && { membership: target.facts.membership, role: roleFacts(target.role) },
  };
}

/** Policy knows no role by its name. */
export function roleFacts(role: RoleFacts | null): RoleFacts | null {
  if (role === null) return null;
  const { canManageUsers, canBuyAddons, canGrant } = role;
  return { canManageUsers, canBuyAddons, canGrant };
}

/** What each key is refused for is the policy's to say as well. */
function refusedKeys(change: Change, judge: (asked: Change) => ChangeVerdict): string[] {
  const refused = (asked: Partial<Change>, reason: ChangeReason): boolean =>
    judge({ ...change, modules: [], permissions: [], ...asked }).reasons.includes(reason);
  return [
    ...change.modules.filter((key) => refused({ modules: [key] }, 'module_not_grantable')),
    ...change.permissions.filter((key) => refused({ permissions: [key] }, 'permission_not_grantable')),
  ];
}
