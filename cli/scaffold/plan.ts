import { existsSync, lstatSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { discoverManifests } from '../../modules/manifest/discover.ts';
import type { Manifest } from '../../modules/manifest/manifest.ts';
import { parseManifest } from '../../modules/manifest/read.ts';
import { CliError, EXIT } from '../errors.ts';
import { isFree, keyCollisions, ROOM, treeCollisions, type ModuleType } from './collisions.ts';
import { keyFaults, nearestKey } from './key.ts';
import { lockFiles, readBase } from './lock.ts';
import { nameFaults } from './names.ts';
import { proseFaults } from './prose.ts';
import { renderModule, type RenderedFile } from './render.ts';
import { loadTemplate } from './template.ts';

/** A module that could be made: nothing is written yet. */
export interface ModulePlan {
  key: string;
  type: ModuleType;
  uid: string;
  /** From the root, with `/`. */
  folder: string;
  /** The module's files, and the tool's own two. */
  files: RenderedFile[];
  /** `module.yaml` as it will be; every other file follows from it. */
  text: string;
  /** `module.yaml` as the module there is was made from it; absent: there is none. */
  made?: string;
}

/** Throws CliError 2 naming every rule the key breaks, with the nearest key that breaks none. */
export function checkKey(root: string, type: ModuleType, key: string): void {
  const faults = [...keyFaults(key), ...keyCollisions(root, type, key)];
  if (faults.length === 0) return;
  const near = nearestKey(key, (candidate) => isFree(root, candidate));
  const named = JSON.stringify(key);
  throw new CliError(
    EXIT.usage,
    `${named} cannot be a module's key:\n  ${faults.join('\n  ')}\n  try: ${near}`,
  );
}

/** Where the module of a checked key stands. Throws CliError 4 when the way there leads elsewhere. */
export function folderOf(root: string, type: ModuleType, key: string): string {
  let way = realpathSync(root);
  for (const name of ROOM[type]) {
    way = join(way, name);
    const found = lstatSync(way, { throwIfNoEntry: false });
    if (!found?.isDirectory()) {
      throw new CliError(
        EXIT.precondition,
        `${ROOM[type].join('/')} must be a plain folder of this checkout`,
      );
    }
  }
  return join(way, key);
}

/** The uid of a module that is there already: it stays. */
export function uidIn(folder: string): string | undefined {
  try {
    return parseManifest(readFileSync(join(folder, 'module.yaml'), 'utf8'), 'module.yaml').uid;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Everything the module will be. Throws CliError 2 for what cannot be together with the modules there are. */
export async function planModule(root: string, manifest: Manifest, text: string): Promise<ModulePlan> {
  const { key, uid } = manifest;
  const type = manifest.type as ModuleType;
  const faults = [
    ...proseOf(manifest).flatMap(([name, prose]) => proseFaults(prose).map((it) => `${name} ${it}`)),
    ...nameFaults(manifest),
    ...treeCollisions(manifest, discoverManifests(root)),
  ];
  if (faults.length > 0) throw new CliError(EXIT.usage, `${key} cannot be made:\n  ${faults.join('\n  ')}`);
  const template = loadTemplate();
  const rendered = renderModule(manifest, text, template);
  const made = await madeFrom(root, type, key);
  return {
    key,
    type,
    uid,
    folder: [...ROOM[type], key].join('/'),
    files: [...rendered, ...lockFiles(rendered, template)],
    text,
    ...(made !== undefined && { made }),
  };
}

/** What a module that is there was made from. Throws CliError 3 when something else stands in its place. */
export async function madeFrom(root: string, type: ModuleType, key: string): Promise<string | undefined> {
  const folder = folderOf(root, type, key);
  if (!existsSync(folder)) return undefined;
  const base = await readBase(folder);
  const manifest = base?.find(({ path }) => path === 'module.yaml');
  if (manifest) return manifest.content;
  const place = [...ROOM[type], key].join('/');
  throw new CliError(EXIT.conflict, `${place} is there already, and no template made it (it has no .kisum)`);
}

function proseOf({ title, owner, purpose, reads, integrations, mustNot }: Manifest): [string, string][] {
  return [
    ['title', title],
    ['owner', owner],
    ['purpose', purpose],
    ...reads.map(({ entity, why }): [string, string] => [`the why of ${entity}`, why]),
    ...integrations.flatMap(({ name, why }): [string, string][] => [
      ['the name of an integration', name],
      [`the why of ${name}`, why],
    ]),
    ...mustNot.map((rule): [string, string] => ['a must-not', rule]),
  ];
}
