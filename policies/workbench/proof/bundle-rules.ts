/** The rules a bundle carries, laid out so that they can be read as a checkout's. */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileOf, rulesIn, type BundleFiles } from '../../engine/archive-files.ts';
import { projectFile } from '../../root.ts';
import { findOpenInput, type OpenInput } from './closed-input.ts';

/** The same as `findOpenInput`, for what is shipped: a bundle's own rules, held against this checkout's schemas. */
export async function findOpenInputIn(files: BundleFiles): Promise<OpenInput[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kisum-rules-'));
  try {
    for (const name of rulesIn(files)) {
      const file = join(folder, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, fileOf(files, name));
    }
    await cp(projectFile('policies', 'schemas'), join(folder, 'schemas'), { recursive: true });
    return await findOpenInput({ policies: folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
