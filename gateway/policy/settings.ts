import { readFile } from 'node:fs/promises';
import type { Trust } from '../../policies/engine/bundle.ts';
import { readVerifyKeys } from '../../policies/engine/signature-keys.ts';
import { isServerAddress } from './source-at.ts';

interface PolicySettings {
  POLICY_BUNDLE?: string;
  POLICY_SHADOW?: string;
  POLICY_CACHE?: string;
  POLICY_POLL_MS?: number;
  POLICY_MAX_STALENESS_MS?: number;
  policyTrust?: Trust;
}

/** @param file of the public keys; faults are added to `faults` */
export async function readTrust(file: string | undefined, faults: string[]): Promise<Trust> {
  if (file === undefined) return { verifyKeys: null };
  try {
    return { verifyKeys: readVerifyKeys(await readFile(file, 'utf8')) };
  } catch (error) {
    faults.push(`POLICY_VERIFY_KEY must be a file with public keys: ${(error as Error).message}`);
    return { verifyKeys: [] };
  }
}

/** What is wrong with the policy's keys together, though each may be right alone. */
export function policyFaults(settings: PolicySettings): string[] {
  const { POLICY_BUNDLE: bundle = '', POLICY_CACHE: cache, policyTrust } = settings;
  const { POLICY_POLL_MS: pollMs = 0, POLICY_MAX_STALENESS_MS: staleMs = Infinity } = settings;
  const faults: string[] = [];
  const isServer = isServerAddress(bundle);
  if (isServer && cache === undefined)
    faults.push('POLICY_CACHE is missing: with a bundle server the last good bundle must be kept somewhere');
  if (isServer && staleMs < 2 * pollMs)
    faults.push('POLICY_MAX_STALENESS_MS must be at least twice POLICY_POLL_MS');
  for (const name of ['POLICY_BUNDLE', 'POLICY_SHADOW'] as const) {
    const fault = addressFault(settings[name] ?? '', policyTrust?.verifyKeys === null);
    if (fault) faults.push(`${name} ${fault}`);
  }
  return faults;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

function addressFault(place: string, isUnsigned: boolean): string | undefined {
  if (!isServerAddress(place)) return undefined;
  if (!URL.canParse(place)) return 'must be a URL, a file or a folder';
  const { protocol, hostname, username, password } = new URL(place);
  if (username !== '' || password !== '') return 'must be a URL without a user name and password';
  const isOpen = protocol === 'http:' && !LOOPBACK.test(hostname);
  return isOpen && isUnsigned
    ? 'is fetched without encryption: use https, or set POLICY_VERIFY_KEY'
    : undefined;
}
