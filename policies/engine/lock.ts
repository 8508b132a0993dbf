/** The lock beside the compiled policy: what it was compiled from, by what, and what came out. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface PolicyLock {
  /** Short name of this policy, part of its digest. */
  revision: string;
  /** Version of the compiler. */
  opa: string;
  /** SHA-256 of `policy.wasm`, hex. */
  wasm: string;
  /** Source path below `policies/` → SHA-256, hex. */
  sources: Record<string, string>;
}

export const WASM_FILE = 'policy.wasm';
export const LOCK_FILE = 'policy.lock.json';

/** What decides the compiled policy beside the rules themselves. */
export const CAPABILITIES_FILE = 'capabilities.json';

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function revisionOf(wasmDigest: string): string {
  return wasmDigest.slice(0, 12);
}

/** Rule files below `policies`, sorted, slash-separated and without tests: exactly what is compiled. */
export async function ruleFiles(policies: string): Promise<string[]> {
  const found = await readdir(join(policies, 'kisum'), { recursive: true });
  return found
    .map((path) => `kisum/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.rego') && !path.endsWith('_test.rego'))
    .sort();
}

/** Digest of every source below `policies`. */
export async function sourceDigests(policies: string): Promise<Record<string, string>> {
  const files = [CAPABILITIES_FILE, ...(await ruleFiles(policies))];
  const digests = files.map(async (file) => [file, sha256(await readFile(join(policies, file)))] as const);
  return Object.fromEntries(await Promise.all(digests));
}
