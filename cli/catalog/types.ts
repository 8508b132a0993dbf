import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { permissionsOf } from '../../modules/manifest/derive.ts';
import { discoverManifests } from '../../modules/manifest/discover.ts';
import type { Manifest } from '../../modules/manifest/manifest.ts';

/** From the root, with `/`: what frontends compile against. */
export const TYPES_FILE = 'gateway/client/permissions.ts';

/** Modules and permissions of the catalog as types. The same manifests give the same bytes, in whatever order. */
export function catalogTypes(manifests: readonly Manifest[]): string {
  const sold = manifests.filter(({ type }) => type !== 'system');
  return [
    '/** Made from the manifests by `kisum-cli catalog types`: edit those, not this. */',
    '',
    '/** Modules of the catalog. */',
    ...unionOf(
      'Module',
      sold.map(({ key }) => key),
    ),
    '',
    '/** What may be done in them, as `<module>.<entity>.<action>`. */',
    ...unionOf(
      'Permission',
      sold.flatMap(permissionsOf).map(({ key }) => key),
    ),
    '',
  ].join('\n');
}

/** Writes them anew where they stand, because a module was made or changed. @returns whether they were others */
export async function renewTypes(root: string): Promise<boolean> {
  const file = join(root, TYPES_FILE);
  if (!existsSync(file)) return false;
  const text = catalogTypes(discoverManifests(root).map(({ manifest }) => manifest));
  if (readFileSync(file, 'utf8') === text) return false;
  await writeFileAtomic(file, text);
  return true;
}

function unionOf(name: string, keys: string[]): string[] {
  if (keys.length === 0) return [`export type ${name} = never;`];
  const members = keys.sort().map((key) => `  | '${key}'`);
  return [`export type ${name} =`, `${members.join('\n')};`];
}
