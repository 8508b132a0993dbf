/** Compiles the policies into `policies/bundle`: the archive, and the lock that says what it was made from. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { contentDigest, fileOf, type BundleFiles } from '../engine/archive-files.ts';
import { packArchive, unpackArchive } from '../engine/archive.ts';
import { openFiles } from '../engine/bundle.ts';
import { LOCK_FILE, WASM_FILE, sha256, type PolicyLock } from '../engine/lock.ts';
import { ARCHIVE_FILE, COMMITTED } from '../engine/place.ts';
import { projectFile } from '../root.ts';
import { compileFiles } from './compile.ts';
import type { Log } from './opa.ts';
import { WorkbenchError } from './run.ts';

const POLICIES = projectFile('policies');
/** A change somebody accepted, written by `policy diff --accept`: it is carried by the bundle it leads to. */
const ACCEPTED = projectFile('policies', 'accepted.json');

/**
 * Builds the bundle and writes it; with `check`, compares every file in it with the committed one and writes nothing.
 * Throws `WorkbenchError` when there is no compiler, the rules do not compile, or the check finds a difference.
 */
export async function buildPolicies(options: { check?: boolean; log?: Log } = {}): Promise<PolicyLock> {
  const files = await compileFiles(POLICIES, { ...options, accepted: acceptedFor });
  const { revision, digest, manifest } = await openFiles(files, { verifyKeys: null });
  const { opa, sources } = manifest.metadata.kisum;
  const lock = { revision, opa, wasm: sha256(fileOf(files, WASM_FILE)), digest, sources };
  await (options.check ? compare(files, lock) : write(files, lock));
  return lock;
}

async function acceptedFor(revision: string): Promise<Record<string, unknown> | undefined> {
  const text = await readFile(ACCEPTED, 'utf8').catch(() => null);
  if (text === null) return undefined;
  const accepted = JSON.parse(text) as Record<string, unknown>;
  return accepted.to === revision ? accepted : undefined;
}

/** File by file, not as packed: another zlib packs the same files otherwise. */
async function compare(files: BundleFiles, lock: PolicyLock): Promise<void> {
  const committed = unpackArchive(await committedFile(ARCHIVE_FILE));
  if (contentDigest(committed) !== lock.digest) {
    const names = [...new Set([...files.keys(), ...committed.keys()])].sort();
    const differing = names.filter((name) => !isDeepStrictEqual(files.get(name), committed.get(name)));
    throw stale(`${ARCHIVE_FILE} (${differing.join(', ')})`);
  }
  if (!isDeepStrictEqual(JSON.parse((await committedFile(LOCK_FILE)).toString('utf8')), lock)) {
    throw stale(LOCK_FILE);
  }
}

async function committedFile(name: string): Promise<Buffer> {
  return readFile(join(COMMITTED, name)).catch((cause: unknown) => {
    throw stale(name, cause);
  });
}

function stale(what: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError(
    `policies/bundle/${what} is not what these sources compile to; run \`npm run policies\` and commit it`,
    cause,
  );
}

/** Each file appears whole or not at all; a crash between the two leaves a pair that `loadBundle` refuses. */
async function write(files: BundleFiles, lock: PolicyLock): Promise<void> {
  await mkdir(COMMITTED, { recursive: true });
  const written: [string, Uint8Array][] = [
    [ARCHIVE_FILE, await packArchive(files)],
    [LOCK_FILE, Buffer.from(`${JSON.stringify(lock, null, 2)}\n`)],
  ];
  for (const [name, bytes] of written) await writeFile(join(COMMITTED, `${name}.new`), bytes);
  for (const [name] of written) await rename(join(COMMITTED, `${name}.new`), join(COMMITTED, name));
}
