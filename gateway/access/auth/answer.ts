import type { AccessRecord } from '../../../platform/auth/access.ts';
import { parseJson } from '../../request/json.ts';
import type { Reply } from './client.ts';

/** Whom an answer must be about. */
export interface Question {
  userId: string;
  companyId: string;
  /** What the token itself claims; absent when it claims none. */
  tokenVersion: number | undefined;
}

/** A record whose facts Auth has judged already; how long it may be used is not Auth's to say. */
export type Answer = Omit<AccessRecord, 'changesInMs'>;

type Fields = Record<string, unknown>;

/** What Auth's 403 means: nobody is told whether there is such a company. */
export const NO_MEMBER: Answer = {
  facts: { membership: null, subscriptions: [], addons: [], modules: [], permissions: [], resolved: true },
  role: null,
  units: [],
  versions: { token: null, access: 0, entitlement: 0 },
};

/**
 * Reads a 200 of Auth, type by type.
 * @throws Error for anything that is not a clear answer to this very question
 */
export function readAnswer({ headers, body }: Reply, question: Question): Answer {
  const { 'content-type': type, 'content-encoding': encoding, age = '0' } = headers;
  if (!/^application\/json\s*(?:;|$)/i.test(String(type))) throw unusable('it is not JSON');
  if (encoding !== undefined) throw unusable('it is packed');
  if (age !== '0') throw unusable('it comes from a cache');
  if (body === undefined) throw unusable('it is too large');
  const { success, data } = object(parseJson(body), 'the body');
  if (success !== true) throw unusable('"success" is not true');
  const access = object(data, 'data');
  if (text(access['userId'], 'userId').toLowerCase() !== question.userId)
    throw unusable('it is about another user');
  if (text(access['companyId'], 'companyId').toLowerCase() !== question.companyId)
    throw unusable('it is about another company');
  return {
    facts: {
      membership: { status: 'active' },
      subscriptions: [],
      addons: [],
      modules: texts(access['modules'], 'modules'),
      permissions: texts(access['permissions'], 'permissions'),
      resolved: true,
    },
    role: readRole(access),
    units: readUnits(access['scope']),
    versions: readVersions(access['meta'], question),
  };
}

/** `canGrant` is not Auth's word: it is only shown, and who may hand on something is listed. */
function readRole(access: Fields): AccessRecord['role'] {
  const delegation = object(access['delegation'], 'delegation');
  const grantable = ['grantableModules', 'grantablePermissions'].flatMap((key) =>
    texts(delegation[key], key),
  );
  const role = {
    canManageUsers: flag(delegation['canManageUsers'], 'canManageUsers'),
    canBuyAddons: flag(delegation['canBuyAddons'], 'canBuyAddons'),
    canGrant: grantable.length > 0,
  };
  const { tenantRole } = access;
  return tenantRole === null ? null : { key: text(tenantRole, 'tenantRole'), ...role };
}

function readUnits(scope: unknown): string[] | null {
  const { units = null } = scope === undefined ? {} : object(scope, 'scope');
  return units === null ? null : texts(units, 'units').sort();
}

function readVersions(meta: unknown, { tokenVersion }: Question): AccessRecord['versions'] {
  const versions = object(meta, 'meta');
  if (Number.isNaN(Date.parse(text(versions['generatedAt'], 'generatedAt'))))
    throw unusable('generatedAt is no time');
  const token = whole(versions['tokenVersion'], 'tokenVersion');
  if (tokenVersion !== undefined && token !== tokenVersion)
    throw unusable('it is about a token of another version');
  return {
    token,
    access: whole(versions['accessVersion'], 'accessVersion'),
    entitlement: whole(versions['entitlementVersion'], 'entitlementVersion'),
  };
}

function object(value: unknown, name: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw unusable(`${name} is no object`);
  return value as Fields;
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw unusable(`${name} is no text`);
  return value;
}

function texts(value: unknown, name: string): string[] {
  if (!Array.isArray(value)) throw unusable(`${name} is no list`);
  return value.map((it) => text(it, name));
}

function flag(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw unusable(`${name} is neither true nor false`);
  return value;
}

function whole(value: unknown, name: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw unusable(`${name} is no version`);
  return value as number;
}

const unusable = (why: string) => new Error(`the answer of Auth cannot be used: ${why}`);
