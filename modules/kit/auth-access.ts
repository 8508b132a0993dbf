import { ask } from './ask.ts';
import { forbidden, invalid, unauthorized, unavailable } from './errors.ts';
import type { AuthConnection } from './host.ts';
import { UNITS } from './scope.ts';
import type { AccessContext } from './state.ts';
import { compile } from './validation.ts';

/** Whom the answer must be about. */
export interface AccessQuestion {
  userId: string;
  company: string;
  token: string;
}

export type AccessSource = (question: AccessQuestion) => Promise<AccessContext>;

interface AccessAnswer {
  success: true;
  data: {
    userId: string;
    companyId: string;
    tenantRole: string | null;
    modules: string[];
    permissions: string[];
    /** Absent where Auth knows of no business units: then nobody is limited to any. */
    scope?: { units: string[] | null };
  };
}

const strings = { type: 'array', items: { type: 'string' } };
const isAccessAnswer = compile<AccessAnswer>({
  type: 'object',
  required: ['success', 'data'],
  properties: {
    success: { const: true },
    data: {
      type: 'object',
      required: ['userId', 'companyId', 'tenantRole', 'modules', 'permissions'],
      properties: {
        userId: { type: 'string' },
        companyId: { type: 'string' },
        tenantRole: { type: ['string', 'null'] },
        modules: strings,
        permissions: strings,
        scope: { type: 'object', required: ['units'], properties: { units: UNITS } },
      },
    },
  },
});

/** Asks Auth who may do what (`GET /auth/me/access`). Whatever is not a clear answer about this user and company: 503. */
export function accessFromAuth(auth: AuthConnection, moduleSecret: string | undefined): AccessSource {
  const { url, timeoutMs = 3000 } = auth;
  return async ({ userId, company, token }) => {
    const { status, body } = await ask(`${url}/auth/me/access`, {
      timeoutMs,
      headers: {
        authorization: `Bearer ${token}`,
        'x-org': company,
        ...(moduleSecret ? { 'x-internal-api-key': moduleSecret } : {}),
      },
    });
    if (status === 401) throw unauthorized('Auth refuses the token');
    if (status === 400) throw invalid('Auth refuses the company id');
    if (status === 403) throw forbidden('no access to this company');
    if (status !== 200 || !isAccessAnswer(body))
      throw unavailable(`Auth gave no usable answer (status ${status})`);
    const { data } = body;
    if (data.userId.toLowerCase() !== userId || data.companyId.toLowerCase() !== company) {
      throw unavailable('Auth answered for somebody else');
    }
    return {
      role: data.tenantRole,
      modules: new Set(data.modules),
      permissions: new Set(data.permissions),
      units: data.scope?.units ?? null,
    };
  };
}
