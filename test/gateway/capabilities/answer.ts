import type { Capability, EffectiveAccess } from '../../../policies/contract.ts';

/** What `GET /access/me` answers. */
export interface AccessAnswer {
  success: true;
  data: {
    userId: string;
    companyId: string;
    tenantRole: string;
    units: string[] | null;
    modules: Record<string, Capability>;
    actions: Record<string, Capability>;
    delegation: EffectiveAccess['delegation'];
    meta: {
      revision: string;
      catalogVersion: number;
      tokenVersion: number;
      accessVersion: number;
      entitlementVersion: number;
    };
  };
}
