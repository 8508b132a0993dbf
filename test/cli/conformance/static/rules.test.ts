import { expect } from 'chai';
import { mutated, mutant } from '../../../../cli/conformance/self-test/mutant.ts';
import { referenceProject } from '../../../../cli/conformance/self-test/reference.ts';
import { testStatic, verdict, type Verdict } from '../../../../cli/conformance/self-test/self-test.ts';
import { STATIC_MUTANTS } from '../../../../cli/conformance/self-test/static-mutants.ts';
import { examine, readModules } from '../../../../cli/conformance/static/check.ts';
import { loadReaders, type Readers } from '../../../../cli/conformance/static/read/module.ts';
import { STATIC_RULES } from '../../../../cli/conformance/static/rules.ts';
import type { ModuleFolder } from '../../../../cli/conformance/static/source.ts';
import { NEAR_MISSES } from './near-misses.ts';

describe('the static rules', () => {
  let readers: Readers;
  let verdicts: Verdict[];

  before(async () => {
    readers = await loadReaders();
    verdicts = await testStatic();
  });

  const foundIn = (module: ModuleFolder, all: ModuleFolder[]) =>
    readModules(readers, [module], all).flatMap((read) =>
      STATIC_RULES.flatMap((rule) => examine(rule, read)),
    );

  it('find nothing in a module as the template makes it', () => {
    const { module, all } = referenceProject(readers.template);
    expect(foundIn(module, all)).to.deep.equal([]);
  });

  it('find all of at least thirty mutants', () => {
    expect(verdicts.length)
      .to.equal(STATIC_MUTANTS.length + 1)
      .and.be.greaterThan(30);
    expect(verdicts.filter(({ killed }) => !killed)).to.deep.equal([]);
  });

  it('are each broken by a mutant and nearly by another', () => {
    const ids = STATIC_RULES.map(({ id }) => id);
    const broken = new Set(STATIC_MUTANTS.flatMap(({ expected }) => expected));
    expect(ids.filter((id) => !broken.has(id))).to.deep.equal([]);
    const nearly = new Set(NEAR_MISSES.flatMap(({ expected }) => expected));
    // A module that is right is the near miss of these.
    const byItself = ['M02', 'M03', 'G02', 'G04', 'G05', 'G06', 'R02', 'R07', 'D06', 'T01'];
    expect(ids.filter((id) => !nearly.has(id) && !byItself.includes(id.slice(4)))).to.deep.equal([]);
  });

  it('have ids and names of mutants that are nobody else’s', () => {
    for (const names of [STATIC_RULES.map(({ id }) => id), STATIC_MUTANTS.map(({ name }) => name)])
      expect(new Set(names).size).to.equal(names.length);
  });

  for (const nearMiss of NEAR_MISSES) {
    it(`leave alone: ${nearMiss.name} (${nearMiss.expected.join()})`, () => {
      const { module, all } = referenceProject(readers.template);
      const nearly = mutated(module, nearMiss);
      const found = foundIn(nearly, all);
      // The documents are of the manifest before the edit.
      const stale = nearMiss.edits.some(({ file }) => file === 'module.yaml') ? ['KSM-G04'] : [];
      expect(found.filter(({ rule }) => !stale.includes(rule))).to.deep.equal([]);
    });
  }
});

describe('a self-test', () => {
  it('fails on an edit that cannot be made', async () => {
    const { module } = referenceProject((await loadReaders()).template);
    const edits = [
      { file: 'note.ts', find: 'no such text', replace: '' },
      { file: 'none.ts', append: 'x' },
      { file: 'note.ts', create: 'x' },
    ];
    for (const edit of edits)
      expect(() => mutated(module, mutant('x', 'M01', edit))).to.throw(/mutant "x": .*\.ts (?:holds|is)/);
  });

  it('counts a mutant as killed by the expected rule alone', () => {
    expect(verdict('x', ['KSM-A01'], ['KSM-A02']).killed).to.equal(false);
    expect(verdict('x', ['KSM-A01', 'KSM-A02'], ['KSM-A02']).killed).to.equal(false);
    expect(verdict('x', ['KSM-A01'], ['KSM-A01', 'KSM-A02']).killed).to.equal(true);
    expect(verdict('x', [], ['KSM-A01']).killed).to.equal(false);
  });
});
