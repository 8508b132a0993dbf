import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { cachedOpa, findOpa, pinnedVersion, readyOpa } from '../../../policies/workbench/opa.ts';
import { WorkbenchError } from '../../../policies/workbench/run.ts';

describe('finding the compiler', () => {
  const kept = { ...process.env };
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kisum-opa-'));
    process.env.PATH = join(folder, 'bin');
    process.env.XDG_CACHE_HOME = join(folder, 'cache');
    delete process.env.OPA;
  });

  afterEach(async () => {
    Object.assign(process.env, { PATH: kept.PATH, XDG_CACHE_HOME: kept.XDG_CACHE_HOME, OPA: kept.OPA });
    for (const name of ['XDG_CACHE_HOME', 'OPA']) if (kept[name] === undefined) delete process.env[name];
    await rm(folder, { recursive: true });
  });

  it('names every way when none leads anywhere', async () => {
    process.env.OPA = await fake('elsewhere/opa', '0.1.0');
    const failure: unknown = await findOpa().catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(WorkbenchError);
    const { message } = failure as WorkbenchError;
    for (const way of ['OPA: ', 'is version 0.1.0', 'PATH: ', 'cache: ', 'go build: ', 'Install opa']) {
      expect(message).to.include(way);
    }
  });

  it('takes the one named in OPA, then PATH, then the cache', async () => {
    const version = await pinnedVersion();
    const cached = await fake(cachedOpa(version).slice(folder.length + 1), version);
    expect(await findOpa()).to.equal(cached);
    await fake('bin/opa', version);
    expect(await findOpa()).to.equal('opa');
    process.env.OPA = await fake('named/opa', version);
    expect(await findOpa()).to.equal(process.env.OPA);
  });

  it('passes over another version', async () => {
    const version = await pinnedVersion();
    await fake('bin/opa', `${version}0`);
    expect((await readyOpa()).opa).to.equal(null);
    const cached = await fake(cachedOpa(version).slice(folder.length + 1), version);
    expect((await readyOpa()).opa).to.equal(cached);
  });

  /** A program that only knows its version. */
  async function fake(path: string, version: string): Promise<string> {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `#!/bin/sh\necho "Version: ${version}"\n`);
    await chmod(file, 0o755);
    return file;
  }
});
