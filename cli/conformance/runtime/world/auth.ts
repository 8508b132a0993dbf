import type { ServerResponse } from 'node:http';
import { json } from './answers.ts';

/** What Auth knows of one user in one company. */
export interface Access {
  role: string | null;
  modules: string[];
  permissions: string[];
  /** Business units the membership is limited to; null: not limited. */
  units: string[] | null;
}

/** One question a service put to Auth. */
export interface AccessCall {
  userId: string;
  company: string;
  token: string;
  /** `x-internal-api-key` as it came. */
  secret: string | undefined;
}

export type AuthAnswer = (response: ServerResponse, call: AccessCall) => void;

/** Auth's canonical answer; `over` replaces parts of its data. */
export function accessBody(access: Access, call: AccessCall, over: Record<string, unknown> = {}): object {
  const { role, modules, permissions, units } = access;
  const data = {
    userId: call.userId,
    companyId: call.company,
    tenantRole: role,
    modules,
    permissions,
    delegation: {
      canManageUsers: false,
      canBuyAddons: false,
      grantableModules: [],
      grantablePermissions: [],
    },
    scope: { units },
    meta: {
      tokenVersion: 1,
      accessVersion: 1,
      entitlementVersion: 1,
      generatedAt: '2027-01-01T00:00:00.000Z',
    },
    ...over,
  };
  return { success: true, data };
}

export function granting(access: Access): AuthAnswer {
  return (response, call) => json(response, 200, accessBody(access, call));
}

/** No membership in this company, or no such company. */
export const noMember: AuthAnswer = (response) =>
  json(response, 403, { success: false, error: { code: 'forbidden', message: 'no active membership' } });

const STRANGER = 'dddddddd-0000-4000-8000-00000000dead';

/** Every way in which Auth can fail to say who may do what, though what it would say is yes. */
export function misbehaviours(access: Access): Record<string, AuthAnswer> {
  const altered =
    (over: Record<string, unknown>, status = 200): AuthAnswer =>
    (response, call) =>
      json(response, status, accessBody(access, call, over));
  return {
    'resets the connection': (response) => response.destroy(),
    'answers 500': altered({}, 500),
    'answers 429': altered({}, 429),
    'says yes with 202': altered({}, 202),
    'never answers': () => undefined,
    'sends a byte now and then': (response, call) => drip(response, JSON.stringify(accessBody(access, call))),
    'sends half an answer': (response) =>
      void response.writeHead(200, { 'content-length': 5000 }).end('{"success":true,'),
    'sends no JSON': (response) => void response.end('allowed'),
    'leaves out the permissions': altered({ permissions: undefined }),
    'gives the permissions as text': altered({ permissions: access.permissions.join(' ') }),
    'gives the business units as text': altered({ scope: { units: 'main' } }),
    'says nothing in its scope': altered({ scope: {} }),
    'says success: false with 200': (response, call) =>
      json(response, 200, { ...accessBody(access, call), success: false }),
    'answers for another user': altered({ userId: STRANGER }),
    'answers for another company': altered({ companyId: STRANGER }),
  };
}

/** Slower than anybody should wait for, and never silent. */
function drip(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  let at = 0;
  const timer = setInterval(() => response.write(text[at++ % text.length]), 100);
  response.on('close', () => clearInterval(timer));
}
