/** A copy of the rules in which one file at a time is wrong. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { RunnablePolicy } from '../../engine/bundle.ts';
import { ENTRYPOINTS } from '../../engine/entrypoints.ts';
import { CAPABILITIES_FILE, ruleFiles } from '../../engine/lock.ts';
import { projectFile } from '../../root.ts';
import { entryOf } from '../archive.ts';
import { tryPolicies } from '../compile.ts';
import { WorkbenchError, mustRun } from '../run.ts';

const POLICIES = projectFile('policies');

export interface Workshop {
  /** Compiled as it is. */
  original: RunnablePolicy;
  /** With another text of one file; null where that does not compile. */
  compiled(file: string, text: string): Promise<RunnablePolicy | null>;
  /** Whether that text compiles to the very same steps, wherever they stand in the file. */
  isSame(file: string, text: string): Promise<boolean>;
  close(): Promise<void>;
}

export async function openWorkshop(opa: string): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), 'kisum-mutants-'));
  for (const file of [CAPABILITIES_FILE, ...(await ruleFiles(POLICIES))]) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await cp(join(POLICIES, file), join(folder, file));
  }

  async function withText<T>(file: string, text: string, work: () => Promise<T>): Promise<T> {
    const right = await readFile(join(folder, file));
    await writeFile(join(folder, file), text);
    try {
      return await work();
    } finally {
      await writeFile(join(folder, file), right);
    }
  }

  const plan = await planOf(opa, folder);
  return {
    original: await tryPolicies(folder, { opa }),
    compiled: (file, text) => withText(file, text, () => tryPolicies(folder, { opa }).catch(notCompiled)),
    isSame: (file, text) =>
      withText(file, text, async () => isDeepStrictEqual(await planOf(opa, folder), plan)),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

function notCompiled(error: unknown): null {
  if (error instanceof WorkbenchError) return null;
  throw error;
}

const PLACES = new Set(['file', 'row', 'col', 'end_row', 'end_col']);

/** What the compiler would do, without the places in the text. */
async function planOf(opa: string, folder: string): Promise<unknown> {
  const archive = join(folder, 'plan.tar.gz');
  const asked = Object.values(ENTRYPOINTS).flatMap((path) => ['--entrypoint', path]);
  const args = ['build', '--target', 'plan', '--prune-unused', ...asked, '--output', archive];
  await mustRun(opa, [...args, ...(await ruleFiles(folder))], folder, 'planning the policies');
  const text = Buffer.from(entryOf(await readFile(archive), '/plan.json')).toString('utf8');
  return JSON.parse(text, (key, value: unknown) => (PLACES.has(key) ? undefined : value));
}
