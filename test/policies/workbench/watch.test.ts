import { mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { crowd } from '../../../bench/crowd.ts';
import { ENTRYPOINTS } from '../../../policies/engine/entrypoints.ts';
import { ruleFiles } from '../../../policies/engine/lock.ts';
import { projectFile } from '../../../policies/root.ts';
import { packageOf } from '../../../policies/workbench/finding.ts';
import { SWEEPS } from '../../../policies/workbench/proof/sweeps.ts';
import { mustRun } from '../../../policies/workbench/run.ts';
import { watchFiles } from '../../../policies/workbench/watch/files.ts';
import { openProver, sweepsFor, type Prover } from '../../../policies/workbench/watch/prover.ts';
import { reviewChange } from '../../../policies/workbench/watch/review.ts';
import { holds, type Desk, type Review } from '../../../policies/workbench/watch/shape.ts';
import { packageGraph, reached, touchedSince } from '../../../policies/workbench/watch/touched.ts';
import { withTools } from '../compiler.ts';
import { openTree, type PolicyTree } from '../tree.ts';
import { tinyCatalog } from './proof/tiny.ts';

const GRANT = 'kisum/grant/grant.rego';
/** Everybody may do everything in their modules. */
const OPENED = ['if permission in input.access.permissions', 'if is_string(permission)'] as const;

describe('what a change touches', function () {
  const tools = withTools(this, ['opa']);
  const policies = projectFile('policies');

  it('is no less than what opa says each question reads', async () => {
    const graph = await packageGraph(policies);
    const known = new Set(graph.keys());
    const rules = await ruleFiles(policies);
    for (const entrypoint of Object.values(ENTRYPOINTS)) {
      const data = rules.flatMap((file) => ['--data', file]);
      const query = `data.${entrypoint.replaceAll('/', '.')}`;
      const args = ['deps', '--format', 'json', ...data, query];
      const said = JSON.parse((await mustRun(tools.opa, args, policies, 'opa deps')).toString()) as {
        virtual: { value: string }[][];
      };
      // A rule is `data.kisum.grant.module`, in parts.
      const read = said.virtual.map((parts) =>
        parts
          .slice(1, -1)
          .map(({ value }) => value)
          .join('.'),
      );
      expect(read, entrypoint).to.include(packageOf(entrypoint));
      for (const name of read.filter((it) => known.has(it))) {
        const { entrypoints } = reached([`${name.replaceAll('.', '/')}/x.rego`], graph);
        expect(entrypoints, `${name} is read by ${entrypoint}`).to.include(entrypoint);
      }
    }
  });

  it('stops where nothing reads on', async () => {
    const graph = await packageGraph(policies);
    expect(reached(['kisum/layers/layers.rego'], graph)).to.deep.equal({
      packages: ['kisum.layers'],
      dependants: [],
      entrypoints: [ENTRYPOINTS.layers],
    });
    const { entrypoints } = reached(['capabilities.json'], graph);
    expect(entrypoints).to.deep.equal(Object.values(ENTRYPOINTS));
  });

  describe('in a tree', () => {
    let tree: PolicyTree;
    beforeEach(() => (tree = openTree()));
    afterEach(() => tree.remove());

    it('is nothing where nothing, or only a test, differs from the committed bundle', async () => {
      tree.edit('kisum/grant/grant_test.rego', 'test_granted', 'test_all_granted');
      const nothing = { files: [], packages: [], dependants: [], entrypoints: [] };
      expect(await touchedSince(tree.policies)).to.deep.equal(nothing);
    });

    it('reaches those who still read what is gone, and is what is new', async () => {
      rmSync(tree.file('kisum/taxonomy/taxonomy.rego'));
      await mkdir(tree.file('kisum/fresh'));
      tree.write('kisum/fresh/fresh.rego', 'package kisum.fresh\n');
      const { files, packages, dependants, entrypoints } = await touchedSince(tree.policies);
      expect(files).to.deep.equal(['kisum/fresh/fresh.rego', 'kisum/taxonomy/taxonomy.rego']);
      expect(packages).to.deep.equal(['kisum.fresh', 'kisum.taxonomy']);
      expect(dependants).to.include('kisum.entitlement');
      expect(entrypoints).to.include(ENTRYPOINTS.decision);
    });
  });

  it('is proved in every sweep for a decision, and only where it shows for the rest', () => {
    const all = [...SWEEPS.map(({ name }) => name), 'specials'].sort();
    const { soon, later } = sweepsFor([ENTRYPOINTS.decision]);
    expect([...soon, ...later].sort()).to.deep.equal(all);
    expect(sweepsFor([ENTRYPOINTS.logTreatment])).to.deep.equal({ soon: ['specials'], later: [] });
    expect(sweepsFor([])).to.deep.equal({ soon: [], later: [] });
  });
});

describe('noticing a save', () => {
  let folder: string;
  const stop = new AbortController();
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kisum-watch-'));
    await writeFile(join(folder, 'a.rego'), 'package a\n');
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  after(() => stop.abort());

  it('names what says something else, new files too, and nothing that was only touched', async () => {
    const watcher = await watchFiles(folder, stop.signal);
    utimesSync(join(folder, 'a.rego'), new Date(), new Date());
    await writeFile(join(folder, 'notes.txt'), 'no policy');
    await writeFile(join(folder, 'b.rego'), 'package b\n');
    expect(await watcher.nextSave()).to.deep.equal(['b.rego']);
    await writeFile(join(folder, 'a.rego'), 'package a.other\n');
    expect(await watcher.nextSave()).to.deep.equal(['a.rego']);
    rmSync(join(folder, 'b.rego'));
    expect(await watcher.nextSave()).to.deep.equal(['b.rego']);
  });

  it('sees a folder that is swapped behind a symlink', async () => {
    const at = join(folder, 'current');
    await Promise.all(['one', 'two'].map((name) => mkdir(join(folder, name))));
    await writeFile(join(folder, 'one', 'p.rego'), 'package p\n');
    await writeFile(join(folder, 'two', 'p.rego'), 'package p.two\n');
    symlinkSync('one', at);
    const watcher = await watchFiles(at, stop.signal);
    symlinkSync('two', join(folder, 'next'));
    renameSync(join(folder, 'next'), at);
    expect(await watcher.nextSave()).to.deep.equal(['p.rego']);
  });

  it('ends when it is told to', async () => {
    const ended = new AbortController();
    const watcher = await watchFiles(folder, ended.signal);
    const waiting = watcher.nextSave().catch((error: unknown) => error);
    ended.abort();
    expect(await waiting).to.have.property('name', 'AbortError');
  });
});

describe('a look at a change', function () {
  const tools = withTools(this, ['opa', 'regal']);
  let prover: Prover;
  let tree: PolicyTree;
  before(() => (prover = openProver([{ name: 'a tiny catalog', declared: tinyCatalog() }])));
  after(() => prover.close());
  beforeEach(() => (tree = openTree()));
  afterEach(() => tree.remove());

  const snapshot = crowd({ companies: 4, members: 5, entities: 1 }, 1);
  const desk = (): Desk => ({
    place: { policies: tree.policies, ...tools },
    prover,
    people: () => Promise.resolve(snapshot),
  });
  const look = (signal = new AbortController().signal, saw: (review: Review) => void = () => {}) =>
    reviewChange(desk(), { laws: false, saw, signal });
  const failing = ({ steps }: Review): string[] =>
    Object.entries(steps).flatMap(([name, { state }]) => (state === 'fails' ? [name] : []));

  it('of nothing holds, and proves nothing again', async () => {
    const review = await look();
    expect(failing(review)).to.deep.equal([]);
    expect(holds(review)).to.equal(true);
    expect(review.steps.prove).to.include({ state: 'skipped', told: 'nothing of it is touched' });
    expect(review.steps.diff).to.include({ state: 'skipped', told: 'no decision is touched' });
    expect(review.ms).to.be.greaterThan(0);
  });

  it('that opens too much: tests and laws break, and people gain', async () => {
    tree.edit(GRANT, ...OPENED);
    const { steps, touched, proof, deeper, impact, changes, ...review } = await look();
    expect(failing({ steps } as Review)).to.include.members(['tests', 'prove', 'deeper']);
    expect(touched!.packages).to.deep.equal(['kisum.grant']);
    const laws = [...proof!.violations, ...deeper!.violations].map(({ law }) => law);
    expect(laws).to.include('nothing without the permission of the route');
    expect(proof!.cells).to.be.greaterThan(500);
    expect(impact!.examined.members).to.equal(20);
    expect(changes.some(({ effect }) => effect === 'gains')).to.equal(true);
    expect(changes.some(({ effect }) => effect === 'loses')).to.equal(false);
    expect(steps.coverage).to.include({ state: 'skipped', told: 'a test fails' });
    expect(review.ms).to.be.greaterThan(0);
  });

  it('that does not compile says where, and goes no further', async () => {
    tree.edit(GRANT, 'default module := false', 'default module := := false');
    const { steps } = await look();
    expect(steps.types.findings[0]).to.include({ file: `policies/${GRANT}`, rule: 'opa/check' });
    for (const name of ['tests', 'lint', 'prove', 'deeper'] as const)
      expect(steps[name]).to.include({ state: 'skipped', told: 'the rules do not compile' });
  });

  it('asks for no people where there are none, and still proves', async () => {
    tree.edit(GRANT, '# description: What', '# description: Whatever');
    const people = () => Promise.resolve('there is no database');
    const { signal } = new AbortController();
    const { steps } = await reviewChange({ ...desk(), people }, { laws: false, saw: () => {}, signal });
    expect(steps.diff).to.include({ state: 'skipped', told: 'there is no database' });
    expect(steps.prove.state).to.equal('holds');
    expect(steps.deeper.state).to.equal('holds');
  });

  it('is stopped in the middle of the proof, and the next one is whole', async () => {
    tree.edit(GRANT, ...OPENED);
    const overtaken = new AbortController();
    const stopped: unknown = await look(overtaken.signal, ({ steps }) => {
      if (steps.prove.state === 'running') overtaken.abort();
    }).catch((error: unknown) => error);
    expect(stopped).to.have.property('name', 'AbortError');
    tree.edit(GRANT, OPENED[1], OPENED[0]);
    expect(holds(await look())).to.equal(true);
  });
});
