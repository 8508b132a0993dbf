import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { writeModule } from '../../../cli/scaffold/write.ts';
import type { ModulePlan } from '../../../cli/scaffold/plan.ts';
import { projectFile } from '../../../policies/root.ts';
import { runNode, type Ended } from '../../support/cli.ts';
import { emptyRoot, planWith, treeOf } from './tree.ts';

/** What a refusal says and ends with. Throws when there is none. */
async function refusal(work: Promise<unknown>): Promise<{ message: string; exitCode?: number }> {
  const failure = await work.then(
    () => undefined,
    (error: Error & { exitCode?: number }) => error,
  );
  if (!failure) throw new Error('it was not refused');
  return failure;
}

/** The module's folder as it must be. */
function wholeOf({ files }: ModulePlan): Record<string, string> {
  return Object.fromEntries(files.map(({ path, content }) => [path, content]));
}

function filesOf(folder: string): Record<string, string> {
  return Object.fromEntries(Object.entries(treeOf(folder)).filter(([name]) => !name.endsWith('/')));
}

function drafts(root: string): string[] {
  return readdirSync(join(root, 'modules')).filter((name) => name.startsWith('.'));
}

describe('writing a new module', function () {
  this.timeout(300_000);
  let root: string;
  let plan: ModulePlan;
  let planFile: string;
  let target: string;

  beforeEach(async () => {
    root = emptyRoot();
    plan = await planWith(root);
    planFile = join(dirname(root), 'plan.json');
    writeFileSync(planFile, JSON.stringify(plan));
    target = join(root, plan.folder);
  });
  afterEach(() => rmSync(dirname(root), { recursive: true, force: true }));

  const writer = (step?: number): Promise<Ended> =>
    runNode(
      [
        '--import=tsx/esm',
        projectFile('test', 'cli', 'scaffold', 'writer.ts'),
        root,
        planFile,
        ...(step === undefined ? [] : [String(step)]),
      ],
      {},
    ).ended;

  it('gives the whole folder and leaves nothing else', async () => {
    await writeModule(root, plan);
    expect(filesOf(target)).to.deep.equal(wholeOf(plan));
    expect(drafts(root)).to.deep.equal([]);
  });

  it('is whole or absent wherever it is killed, and the next run clears what was left', async () => {
    const all = Number((await writer()).stdout);
    expect(all).to.be.greaterThan(45);
    rmSync(target, { recursive: true });
    // Each of the last, where the lock and the rename are, and every third of the many before.
    const steps = Array.from({ length: all }, (_, n) => n + 1).filter((n) => n % 3 === 0 || n > all - 15);
    expect(steps).to.have.length.greaterThan(30);
    let absent = 0;
    for (const step of steps) {
      const { code, stderr } = await writer(step);
      expect(code, `killed before step ${step}: ${stderr}`).to.equal(null);
      const isThere = readdirSync(dirname(target)).length > 0;
      if (isThere) expect(filesOf(target), `step ${step}`).to.deep.equal(wholeOf(plan));
      else absent += 1;
      rmSync(target, { recursive: true, force: true });
      await writeModule(root, plan);
      expect(drafts(root), `left after step ${step}`).to.deep.equal([]);
      rmSync(target, { recursive: true });
    }
    expect(absent, 'killed before the rename').to.be.greaterThan(20);
    expect(steps.length - absent, 'killed after it').to.be.greaterThan(0);
  });

  it('happens once when two do it at once: one 0, one 3', async () => {
    for (let round = 0; round < 3; round++) {
      const ended = await Promise.all([writer(), writer()]);
      expect(ended.map(({ code }) => code).sort()).to.deep.equal([0, 3]);
      expect(ended.map(({ stderr }) => stderr).join()).to.match(/is there already/);
      expect(filesOf(target)).to.deep.equal(wholeOf(plan));
      expect(drafts(root)).to.deep.equal([]);
      rmSync(target, { recursive: true });
    }
  });

  it('leaves the drafts of living processes alone', async () => {
    const living = `.kisum-tmp.${process.pid}-.abc`;
    mkdirSync(join(root, 'modules', living));
    await writeModule(root, plan);
    expect(drafts(root)).to.deep.equal([living]);
  });

  it('never writes over a folder that is there, even an empty one', async () => {
    mkdirSync(target);
    expect(await refusal(writeModule(root, plan))).to.include({ exitCode: 3 });
    writeFileSync(join(target, 'mine.ts'), 'mine');
    expect(await refusal(writeModule(root, plan))).to.include({ exitCode: 3 });
    expect(filesOf(target)).to.deep.equal({ 'mine.ts': 'mine' });
    expect(drafts(root)).to.deep.equal([]);
  });

  it('follows no link out of the checkout', async () => {
    const outside = join(dirname(root), 'outside');
    mkdirSync(outside);
    for (const room of ['modules/addons', 'modules']) {
      const way = join(root, room);
      renameSync(way, join(dirname(root), `kept-${room.replace('/', '-')}`));
      symlinkSync(outside, way);
      expect(await refusal(writeModule(root, plan))).to.include({ exitCode: 4 });
      rmSync(way);
      mkdirSync(way, { recursive: true });
      if (room === 'modules/addons') continue;
      mkdirSync(join(way, 'addons'));
    }
    symlinkSync(outside, target);
    expect(await refusal(writeModule(root, plan))).to.include({ exitCode: 3 });
    expect(readdirSync(outside)).to.deep.equal([]);
  });

  it('puts no file outside its folder', async () => {
    for (const path of [
      '../x.ts',
      '/x.ts',
      'a/../../x.ts',
      'a//x.ts',
      '.',
      'a\u0000.ts',
      'a b.ts',
      'C:\\x.ts',
      'é.ts',
    ]) {
      const files = [{ path, class: 'once' as const, content: 'x' }];
      expect((await refusal(writeModule(root, { ...plan, files }))).message, path).to.match(/no safe path/);
    }
    expect(Object.keys(treeOf(dirname(root))).filter((name) => name.includes('x.ts'))).to.deep.equal([]);
    expect(drafts(root)).to.deep.equal([]);
  });
});
