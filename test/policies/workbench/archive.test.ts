import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { entryOf } from '../../../policies/workbench/archive.ts';
import { WorkbenchError } from '../../../policies/workbench/run.ts';
import { tarOf } from '../../support/tar.ts';

describe('the archive of a build', () => {
  const archive = gzipSync(
    tarOf([
      { name: '/data.json', content: '{}' },
      { name: '/empty' },
      { name: '/policy.wasm', content: 'wasm'.repeat(300) },
    ]),
  );

  it('gives a file by its name', () => {
    expect(entryOf(archive, '/policy.wasm').toString()).to.equal('wasm'.repeat(300));
    expect(entryOf(archive, '/empty').length).to.equal(0);
  });

  it('says which file is missing', () => {
    expect(() => entryOf(archive, '/policy')).to.throw(WorkbenchError, 'without /policy');
  });
});
