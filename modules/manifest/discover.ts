import { existsSync, readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { projectFile } from '../../policies/root.ts';
import type { Manifest } from './manifest.ts';
import { ManifestError, readManifest } from './read.ts';

/** A manifest and the source folder it stands in. */
export interface DiscoveredManifest {
  manifest: Manifest;
  folder: string;
}

const ROOMS = [
  { room: join('modules', 'base'), type: 'base' },
  { room: join('modules', 'addons'), type: 'addon' },
  { room: 'systems', type: 'system' },
] as const;

/**
 * Every module and system of the source tree under `root`, and the certainty that together they make one whole:
 * nothing is owned twice and every read has an owner that shares. Throws {@link ManifestError} with every fault.
 */
export function discoverManifests(root: string = projectFile()): DiscoveredManifest[] {
  const faults: string[] = [];
  const found = ROOMS.flatMap(({ room, type }) =>
    folders(join(root, room)).flatMap((folder) => {
      const file = join(folder, 'module.yaml');
      try {
        const manifest = readManifest(file);
        faults.push(
          ...placeFaults(manifest, type, folder).map((fault) => `${relative(root, file)} ${fault}`),
        );
        return [{ manifest, folder }];
      } catch (error) {
        if (!(error instanceof ManifestError)) throw error;
        faults.push(...error.faults);
        return [];
      }
    }),
  );
  if (faults.length === 0) faults.push(...wholeFaults(found.map(({ manifest }) => manifest)));
  if (faults.length > 0) throw new ManifestError(faults);
  return found;
}

function folders(room: string): string[] {
  if (!existsSync(room)) return [];
  return readdirSync(room, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(room, entry.name, 'module.yaml')))
    .map((entry) => join(room, entry.name))
    .sort();
}

function placeFaults({ key, type }: Manifest, expected: Manifest['type'], folder: string): string[] {
  return [
    ...(type === expected ? [] : [`type ${type} stands in the folder of ${expected}s`]),
    ...(key === basename(folder) ? [] : [`key ${key} stands in folder ${basename(folder)}`]),
  ];
}

/** What is wrong between manifests that are each right alone. */
export function wholeFaults(manifests: Manifest[]): string[] {
  const shared = manifests.flatMap(({ key, owns }) =>
    owns.filter((owned) => owned.shared).map(({ entity }) => ({ name: entity, full: `${key}.${entity}` })),
  );
  const bases = manifests.filter(({ type }) => type === 'base').map(({ key }) => key);
  return [
    ...doubles(manifests.map(({ key }) => key)).map((key) => `module key ${key} is taken twice`),
    ...doubles(manifests.map(({ uid }) => uid)).map((uid) => `module uid ${uid} is taken twice`),
    ...doubles(shared.map(({ name }) => name)).map((name) => `shared entity ${name} is claimed twice`),
    ...manifests.flatMap(({ key, reads }) =>
      reads
        .filter(({ entity }) => !shared.some(({ full }) => full === entity))
        .map(({ entity }) => `${key} reads ${entity}, which nobody shares`),
    ),
    ...manifests.flatMap(({ key, soldWith = [] }) =>
      soldWith
        .filter((base) => !bases.includes(base))
        .map((base) => `${key} is sold with ${base}, which is no base module`),
    ),
  ];
}

function doubles(names: string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) < index))];
}
