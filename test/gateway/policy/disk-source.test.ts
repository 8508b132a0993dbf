import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { packArchive } from '../../../policies/engine/archive.ts';
import type { BundleFiles } from '../../../policies/engine/archive-files.ts';
import { DiskSource } from '../../../gateway/policy/disk-source.ts';
import { place, policyMarked, revisionIn } from '../../support/policies.ts';

describe('a policy on disk', () => {
  let first: BundleFiles;
  let second: BundleFiles;
  let folder: string;
  before(async () => {
    first = await policyMarked('first');
    second = await policyMarked('other');
  });
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'kisum-source-'))));
  afterEach(() => rm(folder, { recursive: true }));

  const at = (...path: string[]) => join(folder, ...path);
  /** Believes the times of files that were just written. */
  const sourceAt = (where: string) => new DiskSource(where, 0);
  const found = async (source: DiskSource, tag?: string) => {
    const read = await source.read(tag);
    if (read === 'unchanged') throw new Error('nothing was read');
    return { revision: revisionIn(read.files), tag: read.tag };
  };
  const unpack = async (files: BundleFiles, where: string) => {
    for (const [name, content] of files) {
      await mkdir(join(where, name, '..'), { recursive: true });
      await writeFile(join(where, name), content);
    }
  };

  it('an archive is read again only when it is another', async () => {
    await place(at('b.tar.gz'), await packArchive(first));
    const source = sourceAt(at('b.tar.gz'));
    const { revision, tag } = await found(source);
    expect(revision).to.equal(revisionIn(first));
    expect(await source.read(tag)).to.equal('unchanged');
    await place(at('b.tar.gz'), await packArchive(second));
    expect((await found(source, tag)).revision).to.equal(revisionIn(second));
  });

  it('files that have their sizes and times from the ones before are others all the same', async () => {
    const dated = new Date('2026-01-01');
    const write = async (files: BundleFiles) => {
      await unpack(files, at('open'));
      for (const name of files.keys()) await utimes(at('open', name), dated, dated);
    };
    await write(first);
    const source = sourceAt(at('open'));
    const { tag } = await found(source);
    await write(second);
    expect([...first.values()].map(({ length }) => length)).to.deep.equal(
      [...second.values()].map(({ length }) => length),
    );
    expect((await found(source, tag)).revision).to.equal(revisionIn(second));
  });

  it('the times of a young file prove nothing yet', async () => {
    await place(at('b.tar.gz'), await packArchive(first));
    expect((await found(new DiskSource(at('b.tar.gz')))).tag).to.equal(undefined);
  });

  for (const kind of ['packed', 'unpacked'] as const) {
    it(`a volume of Kubernetes, ${kind}: the swap of its ..data link is seen`, async () => {
      const fill = async (files: BundleFiles, where: string) => {
        await mkdir(where);
        if (kind === 'unpacked') await unpack(files, where);
        else await writeFile(join(where, 'bundle.tar.gz'), await packArchive(files));
      };
      await mkdir(at('volume'));
      await fill(first, at('volume', '..2026_01'));
      await symlink('..2026_01', at('volume', '..data'));
      if (kind === 'packed') await symlink('..data/bundle.tar.gz', at('volume', 'bundle.tar.gz'));
      const source = sourceAt(at('volume'));
      const { revision, tag } = await found(source);
      expect(revision).to.equal(revisionIn(first));
      expect(await source.read(tag)).to.equal('unchanged');

      await fill(second, at('volume', '..2026_02'));
      await symlink('..2026_02', at('volume', '..new'));
      await rename(at('volume', '..new'), at('volume', '..data'));
      await rm(at('volume', '..2026_01'), { recursive: true });
      expect((await found(source, tag)).revision).to.equal(revisionIn(second));
    });
  }

  it('a link to a single file in such a volume is followed too', async () => {
    await mkdir(at('one'));
    await mkdir(at('two'));
    await writeFile(at('one', 'b.tar.gz'), await packArchive(first));
    await writeFile(at('two', 'b.tar.gz'), await packArchive(second));
    await symlink('one', at('..data'));
    await symlink('..data/b.tar.gz', at('b.tar.gz'));
    const source = sourceAt(at('b.tar.gz'));
    const { tag } = await found(source);
    await symlink('two', at('..new'));
    await rename(at('..new'), at('..data'));
    expect((await found(source, tag)).revision).to.equal(revisionIn(second));
  });

  it('what is not there, or no bundle, is an error that names the place', async () => {
    for (const where of [at('nothing'), folder]) {
      const error = await sourceAt(where)
        .read(undefined)
        .then(
          () => undefined,
          (thrown: Error) => thrown,
        );
      expect(error?.message).to.include(where);
    }
  });
});
