import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { entryOf } from '../../../policies/workbench/archive.ts';
import { WorkbenchError } from '../../../policies/workbench/run.ts';

function entry(name: string, content: string): Buffer {
  const head = Buffer.alloc(512);
  head.write(name, 0);
  head.write(content.length.toString(8).padStart(11, '0'), 124);
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  body.write(content);
  return Buffer.concat([head, body]);
}

describe('the archive of a build', () => {
  const archive = gzipSync(
    Buffer.concat([
      entry('/data.json', '{}'),
      entry('/empty', ''),
      entry('/policy.wasm', 'wasm'.repeat(300)),
      Buffer.alloc(1024),
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
