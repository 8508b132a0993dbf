import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { WorkbenchError } from '../../../policies/workbench/run.ts';
import {
  TOOLS,
  cachedTool,
  findTool,
  readyTool,
  toolVersion,
  type ToolName,
} from '../../../policies/workbench/tool.ts';

const KEYS = ['PATH', 'XDG_CACHE_HOME', 'OPA', 'REGAL'];

describe('finding a pinned tool', () => {
  const kept = { ...process.env };
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kisum-tool-'));
    process.env.PATH = join(folder, 'bin');
    process.env.XDG_CACHE_HOME = join(folder, 'cache');
    delete process.env.OPA;
    delete process.env.REGAL;
  });

  afterEach(async () => {
    for (const key of KEYS) {
      if (kept[key] === undefined) delete process.env[key];
      else process.env[key] = kept[key];
    }
    await rm(folder, { recursive: true });
  });

  for (const name of Object.keys(TOOLS) as ToolName[]) {
    const { env } = TOOLS[name];

    it(`${name}: names every way when none leads anywhere`, async () => {
      process.env[env] = await fake(`elsewhere/${name}`, '0.1.0');
      const failure: unknown = await findTool(name).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(WorkbenchError);
      const { message } = failure as WorkbenchError;
      const ways = [`${env}: `, 'is version 0.1.0', 'PATH: ', 'cache: ', 'go build: ', `Install ${name} `];
      for (const way of ways) expect(message).to.include(way);
    });

    it(`${name}: takes the one the environment names, then PATH, then the cache`, async () => {
      const version = await toolVersion(name);
      const cached = await fake(cachedTool(name, version).slice(folder.length + 1), version);
      expect(await findTool(name)).to.equal(cached);
      await fake(`bin/${name}`, version);
      expect(await findTool(name)).to.equal(name);
      process.env[env] = await fake(`named/${name}`, version);
      expect(await findTool(name)).to.equal(process.env[env]);
    });

    it(`${name}: passes over another version`, async () => {
      const version = await toolVersion(name);
      await fake(`bin/${name}`, `${version}0`);
      expect((await readyTool(name)).path).to.equal(null);
      const cached = await fake(cachedTool(name, version).slice(folder.length + 1), version);
      expect((await readyTool(name)).path).to.equal(cached);
    });

    it(`${name}: is built with Go into the cache, and knows its version`, async () => {
      await fakeGo();
      const lines: string[] = [];
      const built = await findTool(name, (line) => lines.push(line));
      expect(built).to.equal(cachedTool(name, await toolVersion(name)));
      expect(lines.join()).to.match(/^building /);
      const asked = await readFile(built, 'utf8');
      expect(asked).to.include(TOOLS[name].source);
      if (name === 'regal') expect(asked).to.include(`.Version=${await toolVersion(name)} `);
    });
  }

  /** A program that only knows its version. */
  async function fake(path: string, version: string): Promise<string> {
    return script(path, `echo "Version:       ${version}"`);
  }

  /** Writes, instead of a tool, down what it was asked to build. */
  function fakeGo(): Promise<string> {
    return script('bin/go', 'all="$*"\nwhile [ "$1" != "-o" ]; do shift; done\necho "$all" > "$2"');
  }

  async function script(path: string, text: string): Promise<string> {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `#!/bin/sh\n${text}\n`);
    await chmod(file, 0o755);
    return file;
  }
});
