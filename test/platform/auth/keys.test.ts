import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openAuthKeys } from '../../../platform/auth/keys.ts';

describe("Auth's keys", () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kisum-keys-'));
    path = join(folder, 'deeper', 'keys.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are made once, however many ask at once, for the owner alone', async () => {
    const opened = await Promise.all([1, 2, 3].map(() => openAuthKeys(path)));
    const kids = await Promise.all(opened.map(async (keys) => (await keys.signing()).kid));
    expect(new Set(kids)).to.have.property('size', 1);
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
    expect(await readdir(join(folder, 'deeper'))).to.deep.equal(['keys.json']);
  });

  it('are refused when others can read them, when there is none, and when the file is damaged', async () => {
    await openAuthKeys(path);
    await chmod(path, 0o644);
    expect(await fault(path)).to.match(/others can read it: run "chmod 600/);
    await chmod(path, 0o600);
    await writeFile(path, '{"keys":[]}');
    expect(await fault(path)).to.match(/holds no key/);
    await writeFile(path, '{"keys":');
    expect(await fault(path)).to.match(/is damaged/);
  });
});

async function fault(path: string): Promise<string> {
  return openAuthKeys(path).then(
    () => 'none',
    (error: Error) => error.message,
  );
}
