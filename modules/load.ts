import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ModuleDefinition } from './kit/define-module.ts';

const ROOMS = [['modules', 'base'], ['modules', 'addons'], ['systems']];

/** The backend of a module or system, from source or as built; `undefined` when it has none. */
export async function loadModule(key: string): Promise<ModuleDefinition | undefined> {
  const file = ROOMS.map((room) =>
    join(import.meta.dirname, '..', ...room, key, `index${extname(import.meta.filename)}`),
  );
  const found = file.find((path) => existsSync(path));
  if (!found) return undefined;
  const { default: definition } = (await import(pathToFileURL(found).href)) as { default: ModuleDefinition };
  return definition;
}
