import { existsSync, readdirSync, readFileSync, type Dirent } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { CliError, EXIT } from '../../../errors.ts';
import { didYouMean } from '../../../nearest.ts';
import type { ModuleFolder } from '../source.ts';

const ROOMS = ['modules/base', 'modules/addons', 'systems'];

/** Every folder in which a module stands, or ought to: one without a manifest is found as well. */
export function moduleFolders(root: string): ModuleFolder[] {
  return ROOMS.filter((room) => existsSync(join(root, room))).flatMap((room) =>
    readdirSync(join(root, room), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => readFolder(root, `${room}/${name}`))
      .sort((a, b) => (a.folder < b.folder ? -1 : 1)),
  );
}

/**
 * A module's files, and its tests where they stand apart: `test/modules/addons/finance.test.ts`.
 * @param folder from the project's root, with `/`
 */
export function readFolder(root: string, folder: string): ModuleFolder {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).filter(
    (entry) => !entry.isDirectory(),
  );
  const path = (entry: Dirent) =>
    relative(join(root, folder), join(entry.parentPath, entry.name)).split(sep).join('/');
  const plain = entries
    .filter((entry) => entry.isFile())
    .map(path)
    .sort();
  const tests = relative(folder, `test/${folder}.test.ts`).split(sep).join('/');
  const files = existsSync(join(root, folder, tests)) ? [...plain, tests] : plain;
  return {
    folder,
    files: new Map(files.map((file) => [file, readFileSync(join(root, folder, file), 'utf8')])),
    notFiles: entries
      .filter((entry) => !entry.isFile())
      .map(path)
      .sort(),
  };
}

/** The folders of these keys; of all when none is named. Throws when one is not there, with the nearest that is. */
export function named(folders: ModuleFolder[], keys: string[]): ModuleFolder[] {
  if (keys.length === 0) return folders;
  const known = folders.map(({ folder }) => keyOf(folder));
  const unknown = keys.filter((key) => !known.includes(key));
  if (unknown.length > 0) {
    const lines = unknown.map((key) => key + didYouMean(key, known));
    throw new CliError(EXIT.usage, `there is no module ${lines.join(', ')}`);
  }
  return folders.filter(({ folder }) => keys.includes(keyOf(folder)));
}

export function keyOf(folder: string): string {
  return folder.slice(folder.lastIndexOf('/') + 1);
}
