import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { wholeFaults, type DiscoveredManifest } from '../../modules/manifest/discover.ts';
import type { Manifest } from '../../modules/manifest/manifest.ts';
import { lookOf } from './key.ts';

export type ModuleType = 'base' | 'addon';

/** Where modules of a type stand, from the root. */
export const ROOM = { base: ['modules', 'base'], addon: ['modules', 'addons'] } as const;
const ROOMS = [...Object.values(ROOM), ['systems']] as const;

/** What already has this key, or one easily taken for it. The module's own folder, of its type and name, is no collision. */
export function keyCollisions(root: string, type: ModuleType, key: string): string[] {
  return alikeIn(root, key)
    .filter(({ room, name }) => !(room === ROOM[type] && name === key))
    .map(({ room, name }) => {
      const folder = [...room, name].join('/');
      const isSame = name.toLowerCase() === key.toLowerCase();
      return isSame ? `${folder} is there already` : `it is easily taken for ${name} (${folder})`;
    });
}

/** Whether nothing looks like this key. */
export function isFree(root: string, key: string): boolean {
  return alikeIn(root, key).length === 0;
}

function alikeIn(root: string, key: string) {
  const look = lookOf(key.toLowerCase());
  return ROOMS.flatMap((room) =>
    entriesOf(join(root, ...room))
      .filter((name) => lookOf(name.toLowerCase()) === look)
      .map((name) => ({ room, name })),
  );
}

/** What the new manifest and those there are would make impossible together. */
export function treeCollisions(manifest: Manifest, there: DiscoveredManifest[]): string[] {
  const others = there.map((it) => it.manifest).filter(({ key }) => key !== manifest.key);
  const before = wholeFaults(others);
  return wholeFaults([...others, manifest]).filter((fault) => !before.includes(fault));
}

function entriesOf(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
