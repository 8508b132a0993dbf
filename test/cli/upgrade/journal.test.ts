import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { recover, writeAll, type Write } from '../../../cli/upgrade/journal.ts';
import { projectFile } from '../../../policies/root.ts';

const WRITES: Write[] = [
  { path: 'a.txt', before: 'a before', after: 'a after' },
  { path: 'gone.txt', before: 'gone', after: null },
  { path: 'deep/new.txt', before: null, after: 'new' },
  { path: 'z.txt', before: 'z before', after: 'z after' },
];

async function folderBefore(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kisum-journal-'));
  for (const { path, before } of WRITES) if (before !== null) await writeFile(join(folder, path), before);
  return folder;
}

/** What stands in the folder, as far as the writes speak of it. */
async function contents(folder: string): Promise<(string | null)[]> {
  return Promise.all(
    WRITES.map(async ({ path }) =>
      existsSync(join(folder, path)) ? readFile(join(folder, path), 'utf8') : null,
    ),
  );
}

const all = (side: 'before' | 'after') => WRITES.map((write) => write[side]);

/** Runs the writer in a process that kills itself, for real, at the `step`th change of the file system. */
function killedAt(step: number, folder: string): { killed: boolean } {
  const journal = pathToFileURL(projectFile('cli', 'upgrade', 'journal.ts')).href;
  const script = `
    import fs from 'node:fs';
    import promises from 'node:fs/promises';
    import { syncBuiltinESMExports } from 'node:module';
    let left = ${step};
    const counted = (work) => function (...args) {
      if (left-- === 0) process.kill(process.pid, 'SIGKILL');
      return work.apply(this, args);
    };
    fs.rename = counted(fs.rename);
    promises.rm = counted(promises.rm);
    promises.link = counted(promises.link);
    syncBuiltinESMExports();
    const { writeAll } = await import(${JSON.stringify(journal)});
    await writeAll(${JSON.stringify(folder)}, ${JSON.stringify(WRITES)});`;
  const { signal, status, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx/esm', '--input-type=module', '--eval', script],
    { encoding: 'utf8', cwd: projectFile() },
  );
  if (signal === null && status !== 0) throw new Error(stderr);
  return { killed: signal === 'SIGKILL' };
}

describe('all changes of a module, or none', () => {
  it('writes, creates and deletes, and leaves no journal', async () => {
    const folder = await folderBefore();
    await writeAll(folder, WRITES);
    expect(await contents(folder)).to.deep.equal(all('after'));
    expect(existsSync(join(folder, '.kisum', 'journal.json'))).to.equal(false);
  });

  it('killed at any step, it is ended or taken back by one command', async function () {
    this.timeout(120_000);
    let step = 0;
    for (; ; step += 1) {
      const folder = await folderBefore();
      const { killed } = killedAt(step, folder);
      if (!killed) break;
      if (!existsSync(join(folder, '.kisum', 'journal.json'))) {
        // Before the journal nothing has happened; after it, everything.
        expect([all('before'), all('after')]).to.deep.include(await contents(folder));
        continue;
      }
      const copy = await mkdtemp(join(tmpdir(), 'kisum-journal-'));
      await cp(folder, copy, { recursive: true });
      await recover(folder, 'after');
      expect(await contents(folder), `step ${step}, ended`).to.deep.equal(all('after'));
      await recover(copy, 'before');
      expect(await contents(copy), `step ${step}, taken back`).to.deep.equal(all('before'));
    }
    expect(step, 'steps at which it was killed').to.be.greaterThan(5);
  });

  it('does not begin over an interrupted change, and says what to do', async () => {
    const folder = await folderBefore();
    expect(killedAt(4, folder).killed).to.equal(true);
    const refused = await writeAll(folder, WRITES).catch((error: Error) => error);
    expect((refused as Error).message).to.match(/interrupted[^]*--continue[^]*--abort/);
  });

  it('leaves a file alone that was edited after the interruption', async () => {
    const folder = await folderBefore();
    expect(killedAt(4, folder).killed).to.equal(true);
    await writeFile(join(folder, 'z.txt'), 'edited since');
    const refused = await recover(folder, 'after').catch((error: Error) => error);
    expect((refused as Error).message).to.include('z.txt was edited after');
    expect(await readFile(join(folder, 'z.txt'), 'utf8')).to.equal('edited since');
  });
});
