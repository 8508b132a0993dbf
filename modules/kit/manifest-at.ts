import { relative } from 'node:path';
import { projectFile } from '../../policies/root.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { readManifest } from '../manifest/read.ts';

/**
 * The manifest of the module in a folder: `manifestAt(import.meta.dirname)`. It stays YAML in the sources, also when
 * the module runs as built.
 */
export function manifestAt(folder: string): Manifest {
  const place = relative(projectFile(), folder).replace(/^dist\b[/\\]?/, '');
  return readManifest(projectFile(place, 'module.yaml'));
}
