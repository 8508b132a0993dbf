import { projectFile } from '../../policies/root.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { readManifest } from '../manifest/read.ts';

/** The manifest in a folder of the project: `modules/addons/finance`. It stays YAML in the source, also when built. */
export function manifestAt(folder: string): Manifest {
  return readManifest(projectFile(folder, 'module.yaml'));
}
