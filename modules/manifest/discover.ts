import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { projectFile } from '../../policies/root.ts';
import type { Manifest } from './manifest.ts';
import { ManifestError, parseManifest, positionOf } from './read.ts';
import type { Fault } from './fault.ts';
import { faultsBetween } from './whole.ts';

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

/** What stands in a source tree, right or wrong. */
export interface ExaminedTree {
  found: DiscoveredManifest[];
  /** Manifests that were read. */
  examined: number;
  /** Each as `file:line:column message`, files from the root. */
  faults: string[];
}

/**
 * Every module and system of the source tree under `root`, and the certainty that together they make one whole:
 * nothing is owned twice and every read has an owner that shares. Throws {@link ManifestError} with every fault.
 */
export function discoverManifests(root: string = projectFile()): DiscoveredManifest[] {
  const { found, faults } = examineTree(root);
  if (faults.length > 0) throw new ManifestError(faults);
  return found;
}

/** The same without throwing. */
export function examineTree(root: string = projectFile()): ExaminedTree {
  const faults: string[] = [];
  const texts = new Map<Manifest, { file: string; text: string }>();
  const all = ROOMS.flatMap(({ room, type }) =>
    folders(join(root, room)).map((folder) => ({ folder, type })),
  );
  const found = all.flatMap(({ folder, type }) => {
    const file = relative(root, join(folder, 'module.yaml')).split(sep).join('/');
    const text = readFileSync(join(folder, 'module.yaml'), 'utf8');
    try {
      const manifest = parseManifest(text, file);
      texts.set(manifest, { file, text });
      faults.push(...placeFaults(manifest, type, folder).map((fault) => located(fault, { file, text })));
      return [{ manifest, folder }];
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      faults.push(...error.faults);
      return [];
    }
  });
  if (faults.length === 0) {
    const between = faultsBetween(found.map(({ manifest }) => manifest));
    faults.push(...between.map((fault) => located(fault, texts.get(fault.manifest)!)));
  }
  return { found, examined: all.length, faults };
}

function located({ path, message }: Fault, { file, text }: { file: string; text: string }): string {
  const { line, col } = positionOf(text, path);
  return `${file}:${line}:${col} ${message}`;
}

function folders(room: string): string[] {
  if (!existsSync(room)) return [];
  return readdirSync(room, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(room, entry.name, 'module.yaml')))
    .map((entry) => join(room, entry.name))
    .sort();
}

function placeFaults({ key, type }: Manifest, expected: Manifest['type'], folder: string): Fault[] {
  return [
    ...(type === expected
      ? []
      : [{ path: ['spec', 'type'], message: `type ${type} stands in the folder of ${expected}s` }]),
    ...(key === basename(folder)
      ? []
      : [{ path: ['metadata', 'key'], message: `key ${key} stands in folder ${basename(folder)}` }]),
  ];
}

/** What is wrong between manifests that are each right alone. */
export function wholeFaults(manifests: Manifest[]): string[] {
  return faultsBetween(manifests).map(({ message }) => message);
}
