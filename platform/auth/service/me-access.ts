import type { IncomingMessage } from 'node:http';
import type { EffectiveAccess } from '../../../policies/contract.ts';
import { readAccess } from '../access.ts';
import { authenticate, checkBackend } from './authenticate.ts';
import { AuthError } from './errors.ts';
import { companyIdOf } from './headers.ts';
import type { AuthServiceOptions } from './options.ts';

/** What `GET /auth/me/access` answers as `data`. */
export interface MeAccess extends EffectiveAccess {
  userId: string;
  companyId: string;
  tenantRole: string;
  /** Business units the membership is limited to; null: all there are. Beside the canonical fields. */
  scope: { units: string[] | null };
  meta: { tokenVersion: number; accessVersion: number; entitlementVersion: number; generatedAt: string };
}

/** 401 → 400 → 403; what the user may do is the policy's answer. */
export async function meAccess(request: IncomingMessage, options: AuthServiceOptions): Promise<MeAccess> {
  await checkBackend(request, options);
  const userId = await authenticate(request, options);
  const companyId = companyIdOf(request);
  const { facts, role, units, versions } = await readAccess(options.db, userId, companyId);
  // A company that does not exist, one without this user, and one that has not let them in: the same answer.
  if (role === null || facts.membership?.status !== 'active') {
    throw new AuthError('forbidden', 'no active membership in this company');
  }
  if (versions.token === null) throw new AuthError('unauthorized', 'the user of this token does not exist');
  const { key: tenantRole, ...roleFacts } = role;
  const engine = await options.engine();
  const { modules, permissions, delegation } = engine.effective({ access: facts, role: roleFacts });
  return {
    userId,
    companyId,
    tenantRole,
    modules,
    permissions,
    delegation,
    scope: { units },
    meta: {
      tokenVersion: versions.token,
      accessVersion: versions.access,
      entitlementVersion: versions.entitlement,
      generatedAt: new Date().toISOString(),
    },
  };
}
