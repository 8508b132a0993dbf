import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { wholeFaults } from '../../modules/manifest/discover.ts';
import { ManifestError, parseManifest } from '../../modules/manifest/read.ts';
import { CliError, EXIT } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { keyFaults } from '../scaffold/key.ts';
import { withNewKey } from './manifest-text.ts';

/** What a rename changes; paths are from the project's root, with `/`. */
export interface RenamePlan {
  folder: { from: string; to: string };
  /** Its test, where it is called like the module; both inside the old folder. */
  test?: { from: string; to: string };
  /** Sources and manifests whose text changes, the module's own manifest last. */
  writes: { path: string; before: string; after: string }[];
}

const ROOMS = ['modules/base', 'modules/addons', 'systems'];

/**
 * Plans giving the module in folder `key` the key `newKey`, in its own manifest and in those that name it. Found by its
 * folder, so that a rename that was interrupted is finished by repeating it.
 * Throws CliError 2 or 3, or ManifestError where the tree would not be one whole afterwards.
 */
export function planRename(root: string, key: string, newKey: string): RenamePlan {
  const folders = ROOMS.flatMap((room) => foldersOf(root, room));
  const from = folders.find((folder) => nameOf(folder) === key);
  const missing = `there is no module or system "${key}"${didYouMean(key, folders.map(nameOf))}`;
  const faults = [...(from ? [] : [missing]), ...faultsOf(key, newKey)];
  if (faults.length > 0 || !from) throw new CliError(EXIT.usage, faults.join('\n'));
  const taken = folders.find((folder) => nameOf(folder).toLowerCase() === newKey);
  if (taken)
    throw new CliError(EXIT.conflict, `${taken} is there already: choose another key than ${newKey}`);

  const manifests = folders.map((folder) => {
    const path = `${folder}/module.yaml`;
    const before = readFileSync(join(root, path), 'utf8');
    return { path, before, after: withNewKey(before, key, newKey), own: folder === from };
  });
  const whole = wholeFaults(manifests.map(({ path, after }) => parseManifest(after, path)));
  if (whole.length > 0) throw new ManifestError(whole);
  const test = { from: `${from}/${key}.test.ts`, to: `${from}/${newKey}.test.ts` };
  const [testIs, testWillBe] = [test.from, test.to].map((path) => existsSync(join(root, path)));
  return {
    folder: { from, to: from.slice(0, -key.length) + newKey },
    ...(testIs && !testWillBe && { test }),
    writes: [
      ...sourcesOf(root, from, key, newKey),
      ...manifests.toSorted((a, b) => Number(a.own) - Number(b.own)),
    ]
      .filter(({ before, after }) => before !== after)
      .map(({ path, before, after }) => ({ path, before, after })),
  };
}

/** The module's own sources: there `'<key>.…'` and `/api/<key>/` can be nobody but the module. */
function sourcesOf(root: string, folder: string, key: string, newKey: string): RenamePlan['writes'] {
  const naming = new RegExp(`(?<=['"\`]|['"\`]/api/)${key}(?=\\.[a-z]|/)`, 'g');
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => {
      const path = `${folder}/${name.split(sep).join('/')}`;
      const before = readFileSync(join(root, path), 'utf8');
      return { path, before, after: before.replace(naming, newKey) };
    });
}

function faultsOf(key: string, newKey: string): string[] {
  return [
    ...keyFaults(newKey).map((fault) => `"${newKey}" is no key for a module: ${fault}`),
    ...(newKey === key ? [`it is called ${key} already`] : []),
  ];
}

function foldersOf(root: string, room: string): string[] {
  const place = join(root, ...room.split('/'));
  if (!existsSync(place)) return [];
  return readdirSync(place)
    .filter((name) => existsSync(join(place, name, 'module.yaml')))
    .map((name) => `${room}/${name}`)
    .map((path) => path.split(sep).join('/'))
    .sort();
}

function nameOf(folder: string): string {
  return folder.slice(folder.lastIndexOf('/') + 1);
}
