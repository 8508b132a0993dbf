import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ModuleDefinition } from './kit/define-module.ts';

const ROOMS = [['modules', 'base'], ['modules', 'addons'], ['systems']];

/**
 * A backend of a module or system, from source or as built; `undefined` when it has none. A service's key is its place:
 * `finance` stands in the module's folder, `ai.chat` in `chat` of module `ai`.
 */
export async function loadModule(service: string): Promise<ModuleDefinition | undefined> {
  const root = join(import.meta.dirname, '..');
  const index = `index${extname(import.meta.filename)}`;
  const files = ROOMS.map((room) => join(root, ...room, ...service.split('.'), index));
  const found = files.find((path) => existsSync(path));
  if (!found) return undefined;
  const { default: definition } = (await import(pathToFileURL(found).href)) as { default: ModuleDefinition };
  if (definition.service !== service)
    throw new Error(`${found} serves ${definition.service}, not ${service}`);
  return definition;
}
