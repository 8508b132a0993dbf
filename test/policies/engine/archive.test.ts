import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { packArchive, unpackArchive } from '../../../policies/engine/archive.ts';
import { readTar } from '../../../policies/engine/archive-tar.ts';

const name = fc.constantFrom(
  '.manifest',
  '.signatures.json',
  'data.json',
  'policy.wasm',
  'kisum/a.rego',
  'system/log/b.rego',
);
const content = fc.uint8Array({ maxLength: 2000 }).map((bytes) => Uint8Array.from(bytes));

describe('the archive of a bundle', () => {
  it('gives back what was packed, byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, content), async (packed) => {
        const files = new Map(Object.entries(packed));
        const unpacked = unpackArchive(await packArchive(files));
        expect([...unpacked].sort()).to.deep.equal([...files].sort());
      }),
      { numRuns: 50 },
    );
  });

  it('stands in it under names with a slash, sorted', async () => {
    const files = new Map(['policy.wasm', '.manifest'].map((it) => [it, new Uint8Array(600)]));
    const tar = gunzipSync(await packArchive(files));
    expect([...readTar(tar)].map((file) => file.name)).to.deep.equal(['/.manifest', '/policy.wasm']);
  });
});
