/** The lock beside the bundle: what it was compiled from, by what, and what came out. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleRefused } from './failure.ts';

export interface PolicyLock {
  /** Short name of this policy, part of its digest. */
  revision: string;
  /** Version of the compiler. */
  opa: string;
  /** SHA-256 of `policy.wasm`, hex. */
  wasm: string;
  /** SHA-256 of what is in the bundle, hex, see `contentDigest`. */
  digest: string;
  /** Source path below `policies/` → SHA-256, hex. */
  sources: Record<string, string>;
}

export const WASM_FILE = 'policy.wasm';
export const LOCK_FILE = 'policy.lock.json';

/** What decides the compiled policy beside the rules themselves. */
export const CAPABILITIES_FILE = 'capabilities.json';

/** Throws `PolicyFailure` when it is not one. */
export function readLock(bytes: Uint8Array): PolicyLock {
  try {
    const { revision, opa, wasm, digest, sources } = JSON.parse(
      Buffer.from(bytes).toString('utf8'),
    ) as PolicyLock;
    const texts: unknown[] = [revision, opa, wasm, digest];
    if (!texts.every((text) => typeof text === 'string')) {
      throw new TypeError('revision, opa, wasm and digest must be strings');
    }
    if (typeof sources !== 'object' || (sources as unknown) === null) {
      throw new TypeError('sources must be an object');
    }
    return { revision, opa, wasm, digest, sources };
  } catch (cause) {
    throw bundleRefused(`${LOCK_FILE} is not a lock; run \`npm run policies\``, cause);
  }
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function revisionOf(wasmDigest: string): string {
  return wasmDigest.slice(0, 12);
}

/** Folders below `policies` that are compiled: access, and what is logged of it. */
export const RULE_TREES = ['kisum', 'system'];

/** Rule files below `policies`, sorted, slash-separated and without tests: exactly what is compiled. */
export async function ruleFiles(policies: string): Promise<string[]> {
  const found = await Promise.all(RULE_TREES.map((tree) => filesOf(policies, tree)));
  return found
    .flat()
    .filter((path) => path.endsWith('.rego') && !path.endsWith('_test.rego'))
    .sort();
}

async function filesOf(policies: string, tree: string): Promise<string[]> {
  const found = await readdir(join(policies, tree), { recursive: true });
  return found.map((path) => `${tree}/${path.replaceAll('\\', '/')}`);
}

/** Digest of every source below `policies`. */
export async function sourceDigests(policies: string): Promise<Record<string, string>> {
  const files = [CAPABILITIES_FILE, ...(await ruleFiles(policies))];
  const digests = files.map(async (file) => [file, sha256(await readFile(join(policies, file)))] as const);
  return Object.fromEntries(await Promise.all(digests));
}
