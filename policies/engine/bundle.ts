/** The compiled policy from disk, refused by name when anything about it drifted. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { projectFile } from '../root.ts';
import { PolicyFailure } from './failure.ts';
import { LOCK_FILE, WASM_FILE, revisionOf, sha256, sourceDigests, type PolicyLock } from './lock.ts';

export interface Bundle {
  revision: string;
  module: WebAssembly.Module;
}

/**
 * Reads and verifies a bundle: the module's digest always, the sources' digests where they lie beside the bundle's
 * folder (a checkout). Throws `PolicyFailure` naming the file at fault.
 */
export async function loadBundle(folder: string = projectFile('policies', 'bundle')): Promise<Bundle> {
  const lock = readLock(await read(folder, LOCK_FILE));
  const wasm = await read(folder, WASM_FILE);
  const digest = sha256(wasm);
  if (digest !== lock.wasm || revisionOf(digest) !== lock.revision) {
    throw refusal(`${WASM_FILE} is not the one ${LOCK_FILE} names`);
  }
  await verifySources(resolve(folder, '..'), lock);
  return { revision: lock.revision, module: await compile(wasm) };
}

async function read(folder: string, file: string): Promise<Buffer<ArrayBuffer>> {
  try {
    return await readFile(join(folder, file));
  } catch (cause) {
    throw refusal(`${file} cannot be read in ${folder}`, cause);
  }
}

function readLock(bytes: Buffer): PolicyLock {
  try {
    const lock = JSON.parse(bytes.toString('utf8')) as Partial<PolicyLock>;
    const { revision, opa, wasm, sources } = lock;
    if (typeof revision !== 'string' || typeof opa !== 'string' || typeof wasm !== 'string') {
      throw new TypeError('revision, opa and wasm must be strings');
    }
    if (typeof sources !== 'object' || sources === null) throw new TypeError('sources must be an object');
    return { revision, opa, wasm, sources };
  } catch (cause) {
    throw refusal(`${LOCK_FILE} is not a lock`, cause);
  }
}

async function verifySources(policies: string, lock: PolicyLock): Promise<void> {
  if (!existsSync(join(policies, 'kisum'))) return;
  const actual = await digestsOf(policies);
  const names = [...new Set([...Object.keys(lock.sources), ...Object.keys(actual)])].sort();
  const drifted = names.filter((name) => lock.sources[name] !== actual[name]);
  if (drifted.length === 0) return;
  const told = drifted.map((name) => `${name} (${drift(lock.sources[name], actual[name])})`).join(', ');
  throw refusal(`the compiled policy is not made from these sources: ${told}`);
}

async function digestsOf(policies: string): Promise<Record<string, string>> {
  try {
    return await sourceDigests(policies);
  } catch (cause) {
    throw refusal(`the policy sources cannot be read in ${policies}`, cause);
  }
}

function drift(locked: string | undefined, actual: string | undefined): string {
  if (locked === undefined) return 'not in the lock';
  return actual === undefined ? 'missing' : 'changed';
}

async function compile(wasm: Buffer<ArrayBuffer>): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(wasm);
  } catch (cause) {
    throw refusal(`${WASM_FILE} is not a WebAssembly module`, cause);
  }
}

function refusal(what: string, cause?: unknown): PolicyFailure {
  return new PolicyFailure('bundle', `policy bundle refused: ${what}; run \`npm run policies\``, cause);
}
