import { createHmac, timingSafeEqual } from 'node:crypto';
import { versionOf } from './versions.ts';

/** The oldest access that will do for one user in one company: what was true right after a write. */
export interface MinVersion {
  userId: string;
  companyId: string;
  versions: { token: number; access: number; entitlement: number };
}

const FORMAT = /^v1\.([\w-]{1,400})\.([\w-]{43})$/;
/** No module is called so, so that no module's secret is this one. */
const PURPOSE = 'min-version:';

/**
 * What a write returns, for `x-kisum-min-version`. Opaque to whoever carries it.
 * @param secret the internal API key, which Core, Auth and the gateway share
 */
export function issueMinVersion(secret: string, { userId, companyId, versions }: MinVersion): string {
  const fields = [userId, companyId, versions.token, versions.access, versions.entitlement];
  const payload = Buffer.from(JSON.stringify(fields)).toString('base64url');
  return `v1.${payload}.${seal(secret, payload)}`;
}

/** `undefined` for anything that was not issued with this secret. */
export function readMinVersion(secret: string, text: string): MinVersion | undefined {
  const [, payload = '', sealed = ''] = FORMAT.exec(text) ?? [];
  const expected = seal(secret, payload);
  if (sealed.length !== expected.length || !timingSafeEqual(Buffer.from(sealed), Buffer.from(expected)))
    return undefined;
  const fields = JSON.parse(Buffer.from(payload, 'base64url').toString()) as unknown[];
  const [userId, companyId, ...versions] = fields as [string, string, ...unknown[]];
  const [token, access, entitlement] = versions.map(versionOf) as [number, number, number];
  return { userId, companyId, versions: { token, access, entitlement } };
}

function seal(secret: string, payload: string): string {
  const key = createHmac('sha256', secret).update(PURPOSE).digest();
  return createHmac('sha256', key).update(payload).digest('base64url');
}
