/** Where the project's own files are, from the sources and from `dist/` alike. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = findRoot(import.meta.dirname);

/** Absolute path of a file of the project, for example `projectFile('policies', 'bundle')`. */
export function projectFile(...segments: string[]): string {
  return join(root, ...segments);
}

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) {
    throw new Error('no package.json above the policies: keep package.json beside the built files');
  }
  return findRoot(parent);
}
