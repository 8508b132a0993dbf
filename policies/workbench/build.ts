/** Compiles the policies into `policies/bundle`: the module, and the lock that says what it was made from. */
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENTRYPOINTS } from '../engine/entrypoints.ts';
import {
  CAPABILITIES_FILE,
  LOCK_FILE,
  WASM_FILE,
  revisionOf,
  ruleFiles,
  sha256,
  sourceDigests,
  type PolicyLock,
} from '../engine/lock.ts';
import { projectFile } from '../root.ts';
import { entryOf } from './archive.ts';
import { findOpa, pinnedVersion, type Log } from './opa.ts';
import { WorkbenchError, mustRun } from './run.ts';

const POLICIES = projectFile('policies');
const BUNDLE = projectFile('policies', 'bundle');

/**
 * Builds the bundle and writes it; with `check`, compares it byte for byte with the committed one and writes nothing.
 * Throws `WorkbenchError` when there is no compiler, the rules do not compile, or the check finds a difference.
 */
export async function buildPolicies(options: { check?: boolean; log?: Log } = {}): Promise<PolicyLock> {
  const wasm = await compile(await findOpa(options.log));
  const digest = sha256(wasm);
  const sources = await sourceDigests(POLICIES);
  const lock = { revision: revisionOf(digest), opa: await pinnedVersion(), wasm: digest, sources };
  const files: [string, Uint8Array][] = [
    [WASM_FILE, wasm],
    [LOCK_FILE, Buffer.from(`${JSON.stringify(lock, null, 2)}\n`)],
  ];
  await (options.check ? compare(files) : write(files));
  return lock;
}

/** Paths as given are part of the result, so they are always the same: an explicit list, seen from `policies/`. */
async function compile(opa: string): Promise<Buffer> {
  const scratch = await mkdtemp(join(tmpdir(), 'kisum-policies-'));
  try {
    const archive = join(scratch, 'bundle.tar.gz');
    const entrypoints = Object.values(ENTRYPOINTS).flatMap((path) => ['--entrypoint', path]);
    const target = ['--target', 'wasm', '--prune-unused', '--capabilities', CAPABILITIES_FILE];
    const args = ['build', ...target, ...entrypoints, '--output', archive, ...(await ruleFiles(POLICIES))];
    await mustRun(opa, args, POLICIES, 'compiling the policies');
    return entryOf(await readFile(archive), `/${WASM_FILE}`);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function compare(files: [string, Uint8Array][]): Promise<void> {
  for (const [name, bytes] of files) {
    const committed = await readFile(join(BUNDLE, name)).catch(() => null);
    if (committed === null || !committed.equals(bytes)) {
      throw new WorkbenchError(
        `policies/bundle/${name} is not what these sources compile to; run \`npm run policies\` and commit it`,
      );
    }
  }
}

/** Each file appears whole or not at all; a crash between the two leaves a pair that `loadBundle` refuses. */
async function write(files: [string, Uint8Array][]): Promise<void> {
  await mkdir(BUNDLE, { recursive: true });
  for (const [name, bytes] of files) await writeFile(join(BUNDLE, `${name}.new`), bytes);
  for (const [name] of files) await rename(join(BUNDLE, `${name}.new`), join(BUNDLE, name));
}
