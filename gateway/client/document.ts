import type { Capability, EffectiveAccess } from '../../policies/contract.ts';

/** `data` of `GET /access/me`: every module and action of the catalog, for one user in one company. */
export interface AccessDocument {
  userId: string;
  companyId: string;
  tenantRole: string;
  /** Business units the membership is limited to; null: all there are. */
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
}

/** Why there is no access: what the gateway said last. */
export interface AccessEnd {
  code: string;
  message: string;
  reasons: string[];
}

/** @throws when it is not the document of this company */
export function documentIn(text: string, company: string): AccessDocument {
  const { data } = JSON.parse(text) as { data: AccessDocument };
  if (data.companyId !== company.toLowerCase()) throw new Error('this is the access of another company');
  if (typeof data.modules !== 'object' || typeof data.actions !== 'object') throw new Error('no document');
  return data;
}

/** What of an error's body there is to say. */
export function endIn(text: string, code: string): AccessEnd {
  try {
    const said = JSON.parse(text) as Partial<AccessEnd> & { error?: Partial<AccessEnd> };
    const { code: named = code, message = '', reasons = [] } = said.error ?? said;
    return { code: named, message, reasons };
  } catch {
    return { code, message: '', reasons: [] };
  }
}
