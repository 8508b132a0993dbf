import { readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadBundle } from '../../policies/engine/bundle.ts';
import { projectFile } from '../../policies/root.ts';
import { missing, ok, type Check } from './check.ts';

const ROOMS = ['modules', join('modules', 'base'), join('modules', 'addons'), 'systems'];
const TEMPORARY = '.kisum-tmp-';

/** What an interrupted command may have left in the tree, and whether the compiled policy is the sources'. */
export async function projectChecks(root: string = projectFile()): Promise<Check[]> {
  const folders = (await Promise.all(ROOMS.map((room) => foldersIn(root, room)))).flat();
  return [await bundle(), leftovers(folders), journals(root, folders)];
}

async function bundle(): Promise<Check> {
  try {
    const { revision } = await loadBundle();
    return ok('policy bundle', `revision ${revision}, made from these sources`);
  } catch (error) {
    return missing('policy bundle', (error as Error).message, 'npm run policies');
  }
}

function leftovers(folders: string[]): Check {
  const left = folders.filter((folder) => folder.includes(TEMPORARY));
  if (left.length === 0) return ok('temporary folders', 'none left', false);
  const fix = `if no kisum-cli runs just now, delete them: ${left.join(' ')}`;
  return missing('temporary folders', `left by an interrupted command: ${left.join(', ')}`, fix, false);
}

function journals(root: string, folders: string[]): Check {
  const open = folders.filter((folder) => existsSync(join(root, folder, '.kisum', 'journal.json')));
  if (open.length === 0) return ok('module upgrades', 'none interrupted');
  const fix = 'kisum-cli module upgrade <module> --continue (or --abort)';
  return missing('module upgrades', `interrupted: ${open.join(', ')}`, fix);
}

async function foldersIn(root: string, room: string): Promise<string[]> {
  const entries = await readdir(join(root, room), { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(room, name));
}
