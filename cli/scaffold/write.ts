import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CliError, EXIT } from '../errors.ts';
import { holdAlone } from '../owner/exclusive.ts';
import { isRunning, processOf, tagOf, thisProcess } from '../owner/process.ts';
import { checkKey, folderOf, type ModulePlan } from './plan.ts';
import type { RenderedFile } from './render.ts';

const DRAFT = '.kisum-tmp';
const LOCK = '.kisum-lock';
const PATIENCE_MS = 5000;
const SAFE_NAME = /^(?!\.{1,2}$)[A-Za-z0-9._-]+$/;

/**
 * Makes the module's folder, which appears whole or not at all, whenever this process ends. Nothing that exists is
 * touched. Throws CliError 3 when the folder is there already.
 */
export async function writeModule(root: string, { type, key, folder, files }: ModulePlan): Promise<void> {
  const target = folderOf(root, type, key);
  const modules = dirname(dirname(target));
  await clearDeadDrafts(modules);
  const draft = join(modules, `${DRAFT}.${tagOf(await thisProcess())}.${randomBytes(6).toString('hex')}`);
  try {
    await writeTree(draft, files);
    const release = await alone(join(modules, LOCK));
    try {
      checkKey(root, type, key);
      // Renaming onto an empty folder would succeed.
      if (existsSync(target))
        throw new CliError(EXIT.conflict, `${folder} is there already: another was faster`);
      await rename(draft, target);
      await sync(dirname(target));
    } finally {
      await release();
    }
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function writeTree(folder: string, files: RenderedFile[]): Promise<void> {
  const folders = new Set([folder]);
  await mkdir(folder);
  for (const { path, content } of files) {
    const names = path.split('/');
    if (!names.every((name) => SAFE_NAME.test(name)))
      throw new Error(`${JSON.stringify(path)} is no safe path`);
    const place = join(folder, ...names);
    await mkdir(dirname(place), { recursive: true });
    folders.add(dirname(place));
    const file = await open(place, 'wx');
    await file.writeFile(content);
    await file.sync();
    await file.close();
  }
  for (const it of folders) await sync(it);
}

/** What was renamed or made in a folder survives a power cut only once the folder itself is on disk. */
async function sync(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync();
  await handle.close();
}

/** The lock is held for moments: worth a short wait. */
async function alone(file: string): Promise<() => Promise<void>> {
  const refuse = (why: string, lock: string) =>
    new CliError(EXIT.conflict, `another module is being made: ${why} (if nothing runs, delete ${lock})`);
  for (const until = Date.now() + PATIENCE_MS; ; await setTimeout(20)) {
    try {
      return await holdAlone(file, {}, refuse);
    } catch (error) {
      if (!(error instanceof CliError) || Date.now() > until) throw error;
    }
  }
}

/** What processes left that died on the way. */
async function clearDeadDrafts(modules: string): Promise<void> {
  for (const name of await readdir(modules)) {
    const [, tag = ''] = /^\.kisum-(?:tmp|lock)\.([^.]*)\./.exec(name) ?? [];
    const owner = processOf(tag);
    if (owner && !(await isRunning(owner))) await rm(join(modules, name), { recursive: true, force: true });
  }
}
