import type { Knex } from 'knex';
import type { RoleFacts } from '../../policies/contract.ts';

/** What a tenant role may hand on; null: there is no such role. */
export async function readRole(db: Knex, key: string): Promise<RoleFacts | null> {
  const [role] = await db('auth.tenant_roles').where({ key }).select<RoleFacts[]>({
    canManageUsers: 'can_manage_users',
    canBuyAddons: 'can_buy_addons',
    canGrant: 'can_grant',
  });
  return role ?? null;
}
