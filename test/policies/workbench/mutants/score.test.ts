import { expect } from 'chai';
import { faultsOf, scoreText } from '../../../../cli/mutants/score-text.ts';
import type { Mutant } from '../../../../policies/workbench/mutants/mutant.ts';
import { allMutants, sampleOf } from '../../../../policies/workbench/mutants/run.ts';
import { scoreOf, type Judged } from '../../../../policies/workbench/mutants/score.ts';
import type { Fate } from '../../../../policies/workbench/mutants/trial.ts';

function mutant(at: number): Mutant {
  const file = 'kisum/small/small.rego';
  const change = { file, text: String(at) };
  return { id: `m${at}`, operator: 'negate', file, line: at, before: 'x', after: 'not x', change };
}

const KILLED: Fate = {
  kind: 'killed',
  law: 'nothing outside the grant',
  size: 'quick',
  counterexample: {
    law: 'nothing outside the grant',
    sweep: 'routes',
    catalog: 'small',
    entrypoint: 'kisum/decision/decision',
    input: {},
    cell: {},
  },
};
const ENGINE: Fate = { kind: 'engine', why: 'it fails its self-test', law: null };

function judged(...fates: Fate[]): Judged[] {
  return fates.map((fate, at) => ({ ...mutant(at), fate, milliseconds: 1 }));
}

const times = (count: number, fate: Fate): Fate[] => Array.from({ length: count }, () => fate);
const SURVIVED: Fate = { kind: 'survived' };

describe('the mutation score', () => {
  it('gives no credit for what the engine refuses, and takes none for what nobody could see', () => {
    const all = judged(
      KILLED,
      KILLED,
      KILLED,
      ENGINE,
      SURVIVED,
      SURVIVED,
      { kind: 'broken' },
      { kind: 'same' },
    );
    const listed = [{ id: 'm4', after: 'not x', why: 'Nobody asks.' }];
    const score = scoreOf(all, all, listed);
    expect(score.score).to.equal(0.75);
    expect(score.withEngine).to.equal(0.6);
    expect(score.total).to.deep.equal({ killed: 3, engine: 1, equivalent: 1, survived: 1 });
    expect(score).to.deep.include({ broken: 1, same: 1, rot: [] });
    expect(score.byLaw).to.deep.equal({ 'nothing outside the grant': 3 });
    expect(score.byOperator).to.deep.equal({ negate: score.total });
    expect(scoreText(score, listed)).to.include('equivalent  m4').and.to.include('SURVIVOR  m5');
  });

  it('fails at a survivor that is not explained, at rot, below the threshold and with too few', () => {
    const whole = { whole: true };
    const good = judged(...times(200, KILLED));
    expect(faultsOf(scoreOf(good, good, []), whole)).to.deep.equal([]);

    const unexplained = judged(...times(250, KILLED), SURVIVED);
    expect(faultsOf(scoreOf(unexplained, unexplained, []), whole)).to.have.length(1);

    const rotten = scoreOf(good, good, [{ id: 'm3', after: 'not x', why: 'Nobody asks.' }]);
    expect(faultsOf(rotten, whole)).to.deep.equal([
      'policies/proof/equivalent.json: m3 is not equivalent: it was noticed',
    ]);

    const few = judged(...times(199, KILLED));
    expect(faultsOf(scoreOf(few, few, []), whole)).to.have.length(1);
    expect(faultsOf(scoreOf(few, few, []), { whole: false })).to.deep.equal([]);

    const nothing = judged({ kind: 'broken' });
    expect(faultsOf(scoreOf(nothing, nothing, []), { whole: false })).to.have.length(1);
  });
});

describe('the mutants of this policy', () => {
  it('are many, of every operator and every file, and each has its own id', async () => {
    const all = await allMutants();
    expect(all.length).to.be.greaterThan(800);
    expect(new Set(all.map(({ id }) => id)).size).to.equal(all.length);
    for (const file of ['entitlement', 'remedy', 'layers', 'effective', 'call'])
      expect(all.some((it) => it.file === `kisum/${file}/${file}.rego`)).to.equal(true);
    expect(all.some((it) => it.file === 'data.catalog')).to.equal(true);
  });

  it('a sample is always the same, as large as asked, and from everywhere', async () => {
    const all = await allMutants();
    const sample = sampleOf(all, 50);
    expect(sample).to.have.length(50);
    expect(sampleOf(all, 50)).to.deep.equal(sample);
    expect(new Set(sample.map(({ file }) => file)).size).to.be.greaterThan(5);
    expect(sampleOf(all, 10 * all.length)).to.deep.equal(all);
  });
});
