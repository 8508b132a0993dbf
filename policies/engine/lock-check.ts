/** Whether a bundle is the locked one, and whether it is made from the sources it is shipped with or lies beside. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { contentDigest, fileOf, rulesIn, type BundleFiles } from './archive-files.ts';
import { bundleRefused } from './failure.ts';
import {
  CAPABILITIES_FILE,
  LOCK_FILE,
  WASM_FILE,
  revisionOf,
  sha256,
  sourceDigests,
  type PolicyLock,
} from './lock.ts';

/** A folder that is only called `kisum` is no checkout. */
const SOURCES = [CAPABILITIES_FILE, 'kisum/kisum.rego'];

const REBUILD = 'run `npm run policies`';

/** Throws `PolicyFailure`. */
export function verifyLock(files: BundleFiles, lock: PolicyLock): void {
  const digest = sha256(fileOf(files, WASM_FILE));
  if (digest !== lock.wasm || revisionOf(digest) !== lock.revision) {
    throw bundleRefused(`${WASM_FILE} is not the one ${LOCK_FILE} names; ${REBUILD}`);
  }
  if (contentDigest(files) !== lock.digest) {
    throw bundleRefused(`a file in it is not the one ${LOCK_FILE} names; ${REBUILD}`);
  }
}

/** The rules in the bundle are those it says it was compiled from. Throws `PolicyFailure` naming each that is not. */
export function verifyRules(files: BundleFiles, sources: Record<string, string>): void {
  const actual = rulesIn(files).map((name) => [name, sha256(fileOf(files, name))] as const);
  const compiled = Object.entries(sources).filter(([name]) => name !== CAPABILITIES_FILE);
  const what = 'the rules in it are not those it was compiled from';
  refuseDrift(Object.fromEntries(compiled), Object.fromEntries(actual), what);
}

/** The same for the sources of a checkout; nothing where there are none. Throws `PolicyFailure`. */
export async function verifySourcesBeside(policies: string, lock: PolicyLock): Promise<void> {
  if (!SOURCES.some((file) => existsSync(join(policies, file)))) return;
  const actual = await digestsOf(policies);
  refuseDrift(lock.sources, actual, 'the compiled policy is not made from these sources', `; ${REBUILD}`);
}

async function digestsOf(policies: string): Promise<Record<string, string>> {
  try {
    return await sourceDigests(policies);
  } catch (cause) {
    throw bundleRefused(`the policy sources cannot be read in ${policies}`, cause);
  }
}

function refuseDrift(
  locked: Record<string, string>,
  actual: Record<string, string>,
  what: string,
  advice = '',
): void {
  const names = [...new Set([...Object.keys(locked), ...Object.keys(actual)])].sort();
  const drifted = names.filter((name) => locked[name] !== actual[name]);
  if (drifted.length === 0) return;
  const told = drifted.map((name) => `${name} (${drift(locked[name], actual[name])})`).join(', ');
  throw bundleRefused(`${what}: ${told}${advice}`);
}

function drift(locked: string | undefined, actual: string | undefined): string {
  if (locked === undefined) return 'not locked';
  return actual === undefined ? 'missing' : 'changed';
}
