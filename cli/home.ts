import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectFile } from '../policies/root.ts';

/** Where everything embedded lives. */
export const HOME = process.env.KISUM_HOME ?? projectFile('.kisum');

export const inHome = (...names: string[]): string => join(HOME, ...names);

/**
 * A text kept in a 0600 file of the home folder, made once; two processes that make it at the same time get the same.
 * @param make called only when there is none yet
 */
export async function keptSecret(name: string, make: () => string | Promise<string>): Promise<string> {
  const file = inHome(name);
  const known = await readFile(file, 'utf8').catch(whenMissing);
  if (known !== undefined) return known;
  await mkdir(HOME, { recursive: true });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, await make(), { mode: 0o600 });
  await link(draft, file).catch(whenPresent);
  await rm(draft);
  return readFile(file, 'utf8');
}

export function whenMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

export function whenPresent(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
