import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Path of a file of the project, the same from source and from `dist`: the nearest folder above with a package.json. */
export function projectFile(...segments: string[]): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    if (dirname(folder) === folder) throw new Error(`no package.json above ${import.meta.dirname}`);
    folder = dirname(folder);
  }
  return join(folder, ...segments);
}
