/** Where a bundle lies on disk: packed or unpacked, with its lock or without. */
import { lstat, readFile, readdir, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { projectFile } from '../root.ts';
import { FileCollector, LIMITS, MANIFEST_FILE, type BundleFiles } from './archive-files.ts';
import { unpackArchive } from './archive.ts';
import { bundleRefused } from './failure.ts';
import { LOCK_FILE, readLock, type PolicyLock } from './lock.ts';

export const ARCHIVE_FILE = 'bundle.tar.gz';
export const COMMITTED = projectFile('policies', 'bundle');

export interface PlacedBundle {
  files: BundleFiles;
  /** `null` when none lies beside it. The committed bundle always has one. */
  lock: PolicyLock | null;
  /** The folder around the bundle's own, where a checkout has the sources. */
  beside: string;
}

/** Reads without judging what was read. Throws `PolicyFailure` when there is no bundle at `place`. */
export async function readPlace(place: string): Promise<PlacedBundle> {
  const folder = await currentFolder(place);
  if (folder === null) return { files: unpackArchive(await readCapped(place)), lock: null, beside: '' };
  const beside = resolve(place, '..');
  const names = await readdir(folder);
  const locked = names.includes(LOCK_FILE) || resolve(place) === COMMITTED;
  const lock = locked ? readLock(await readCapped(join(folder, LOCK_FILE))) : null;
  if (names.includes(MANIFEST_FILE)) return { files: await readFolder(folder), lock, beside };
  return { files: unpackArchive(await readCapped(join(folder, ARCHIVE_FILE))), lock, beside };
}

/**
 * `null` for a file. Kubernetes swaps a whole volume by one symlink, `..data`: what it points at now is read to the
 * end, so that one bundle is never put together from two.
 */
async function currentFolder(place: string): Promise<string | null> {
  try {
    if (!(await stat(place)).isDirectory()) return null;
  } catch (cause) {
    throw bundleRefused(`there is none at ${place}`, cause);
  }
  return realpath(join(place, '..data')).catch(() => place);
}

async function readFolder(folder: string): Promise<BundleFiles> {
  const collector = new FileCollector();
  await collect(folder, '', collector);
  return collector.files;
}

async function collect(folder: string, below: string, collector: FileCollector): Promise<void> {
  for (const name of (await readdir(join(folder, below))).sort()) {
    const path = below === '' ? name : `${below}/${name}`;
    if (path === LOCK_FILE || name.startsWith('..')) continue;
    const entry = await lstat(join(folder, path));
    if (entry.isDirectory()) await collect(folder, path, collector);
    else if (entry.isFile()) collector.add(path, await readCapped(join(folder, path)));
    else throw bundleRefused(`${path} is not a plain file`);
  }
}

async function readCapped(file: string): Promise<Buffer<ArrayBuffer>> {
  try {
    const { size } = await stat(file);
    if (size > LIMITS.archiveBytes)
      throw bundleRefused(`${file} has ${size} bytes of ${LIMITS.archiveBytes} allowed`);
    return await readFile(file);
  } catch (cause) {
    throw bundleRefused(`${file} cannot be read`, cause);
  }
}
