/** Policies as a reviewer names them: a bundle, a commit, or what lies in the working tree. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { SIGNATURES_FILE } from '../../engine/archive-files.ts';
import { loadBundle, openBundle, type RunnablePolicy } from '../../engine/bundle.ts';
import { PolicyFailure } from '../../engine/failure.ts';
import { LOCK_FILE, readLock, sourceDigests } from '../../engine/lock.ts';
import { ARCHIVE_FILE, COMMITTED, readPlace } from '../../engine/place.ts';
import type { VerifyKey } from '../../engine/signature-keys.ts';
import { projectFile } from '../../root.ts';
import { tryPolicies } from '../compile.ts';
import { WorkbenchError, run } from '../run.ts';
import { readyTool, toolAdvice } from '../tool.ts';

export interface NamedPolicy {
  /** For people: `HEAD (1f81d33)`. */
  name: string;
  policy: RunnablePolicy;
}

/**
 * @param text a bundle's archive or folder, else a git ref
 * @param verifyKeys what a signed bundle is held against; an unsigned one is only looked at here, never run
 * Throws `WorkbenchError`.
 */
export async function policyAt(
  text: string,
  verifyKeys: readonly VerifyKey[] | null = null,
): Promise<NamedPolicy> {
  if (existsSync(text)) return { name: text, policy: await opened(text, () => looked(text, verifyKeys)) };
  const commit = await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${text}^{commit}`);
  if (commit === null)
    throw new WorkbenchError(`there is neither a bundle at ${text} nor a commit of that name in git`);
  const name = `${text} (${commit.toString('utf8').slice(0, 7)})`;
  const archive = await git('show', `${commit.toString('utf8').trim()}:./policies/bundle/${ARCHIVE_FILE}`);
  if (archive === null)
    throw new WorkbenchError(
      `${name} has no policies/bundle/${ARCHIVE_FILE}: it is older than bundles. Name a later commit, or a bundle`,
    );
  return { name, policy: await opened(name, () => openBundle(archive, { verifyKeys: null })) };
}

/**
 * The policies of the working tree: the committed bundle where the sources are its own, else they are compiled.
 * Throws `WorkbenchError` when they must be compiled and cannot.
 */
export async function workingPolicy(): Promise<NamedPolicy> {
  const folder = projectFile('policies');
  if (await isBuilt(folder)) {
    const name = 'the bundle in policies/bundle, whose sources are unchanged';
    return { name, policy: await opened(name, () => loadBundle()) };
  }
  const { path: opa } = await readyTool('opa');
  if (opa === null)
    throw new WorkbenchError(
      `the policies differ from the bundle in policies/bundle and must be compiled, without opa. ${await toolAdvice('opa')}`,
    );
  return {
    name: 'the working tree, compiled just now',
    policy: await tryPolicies(folder, { opa }),
  };
}

async function looked(place: string, verifyKeys: readonly VerifyKey[] | null): Promise<RunnablePolicy> {
  const { files } = await readPlace(place);
  return loadBundle(place, { verifyKeys: files.has(SIGNATURES_FILE) ? verifyKeys : null });
}

async function isBuilt(folder: string): Promise<boolean> {
  try {
    const { sources } = readLock(await readFile(join(COMMITTED, LOCK_FILE)));
    return isDeepStrictEqual(sources, await sourceDigests(folder));
  } catch {
    return false;
  }
}

async function opened(what: string, open: () => Promise<RunnablePolicy>): Promise<RunnablePolicy> {
  try {
    return await open();
  } catch (cause) {
    if (!(cause instanceof PolicyFailure)) throw cause;
    throw new WorkbenchError(`${what}: ${cause.message}`, cause);
  }
}

/** What git prints, `null` when it ends with an error. */
async function git(...args: string[]): Promise<Buffer | null> {
  try {
    const { code, stdout } = await run('git', args, { cwd: projectFile() });
    return code === 0 ? stdout : null;
  } catch (cause) {
    throw new WorkbenchError('git cannot be run: name a bundle to compare with instead of a commit', cause);
  }
}
