import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { whenMissing } from '../home.ts';
import { cliVersion } from '../version.ts';
import { jsonText } from './json-text.ts';
import type { RenderedFile } from './render.ts';
import type { FileClass, Template } from './template.ts';

/** What a module was made by, and every file as it was made. */
export interface ModuleLock {
  schema: 'kisum.lock/v1';
  generator: { cli: string; template: string; version: string; integrity: string };
  files: Record<string, { class: FileClass; sha256: string }>;
}

export const LOCK = '.kisum/lock.json';
export const BASE = '.kisum/base.json';

/** The tool's own two files of a module: the lock, and the files as they were made, for the next merge. */
export function lockFiles(rendered: RenderedFile[], template: Template): RenderedFile[] {
  const { name, version, integrity } = template;
  const lock: ModuleLock = {
    schema: 'kisum.lock/v1',
    generator: { cli: cliVersion(), template: name, version, integrity },
    files: Object.fromEntries(
      rendered.map((file) => [file.path, { class: file.class, sha256: sha256(file.content) }]),
    ),
  };
  return [
    { path: BASE, class: 'managed', content: `${JSON.stringify(rendered)}\n` },
    { path: LOCK, class: 'managed', content: `${jsonText(lock)}\n` },
  ];
}

/** The lock of the module in a folder; `undefined`: it was not made by a template. */
export async function readLock(folder: string): Promise<ModuleLock | undefined> {
  return read<ModuleLock>(folder, LOCK);
}

/** The module's files as the template made them last. */
export async function readBase(folder: string): Promise<RenderedFile[] | undefined> {
  return read<RenderedFile[]>(folder, BASE);
}

/** Of a text with plain line ends, as a lock names it. */
export function sha256(text: string): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex');
}

async function read<T>(folder: string, file: string): Promise<T | undefined> {
  const text = await readFile(join(folder, file), 'utf8').catch(whenMissing);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}
