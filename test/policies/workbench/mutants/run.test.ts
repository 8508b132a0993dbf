import { expect } from 'chai';
import type { Mutant } from '../../../../policies/workbench/mutants/mutant.ts';
import { allMutants, judgeMutants } from '../../../../policies/workbench/mutants/run.ts';
import type { Judged } from '../../../../policies/workbench/mutants/score.ts';
import { withCompiler } from '../../compiler.ts';

const BROKEN: Mutant = {
  id: 'broken',
  operator: 'negate',
  file: 'kisum/grant/grant.rego',
  line: 1,
  before: '',
  after: '',
  change: { file: 'kisum/grant/grant.rego', text: 'package kisum.grant\n\nmodule if nobody.knows\n' },
};

describe('a run of mutants', function () {
  withCompiler(this);
  const KILLED = 'kisum.entitlement._alive:add-entry:2';
  const REFUSED = 'kisum.reasons.order:drop-entry:1';
  const EQUIVALENT = 'kisum.entitlement._fits:swap-branches:1';
  const WRONG_ROW = 'data:addon-for-every-base:ai';
  let judged: Map<string, Judged>;

  before(async () => {
    const all = await allMutants();
    const wanted = [KILLED, REFUSED, EQUIVALENT, WRONG_ROW];
    const mutants = [...all.filter(({ id }) => wanted.includes(id)), BROKEN, moved(all)];
    const told: number[] = [];
    const list = await judgeMutants(mutants, {
      workers: 2,
      equivalent: [EQUIVALENT],
      onProgress: (done) => told.push(done),
    });
    expect(told).to.deep.equal([1, 2, 3, 4, 5, 6]);
    judged = new Map(list.map((it) => [it.id, it]));
  });

  /** The same rules, one line further down. */
  function moved(all: Mutant[]): Mutant {
    const { change } = all.find(({ id }) => id === EQUIVALENT)!;
    const { file, text } = change as { file: string; text: string };
    const right = text.replace('_fits(addon) if addon.bases[base]', '_fits(addon) if not addon.bases');
    return {
      ...BROKEN,
      id: 'moved',
      change: { file, text: right.replace('else if not addon.bases', '\nelse if addon.bases[base]') },
    };
  }

  it('names the law that finds a wrong rule, and keeps the cell in which it does', () => {
    const { fate } = judged.get(KILLED)!;
    expect(fate).to.deep.include({ kind: 'killed', size: 'quick' });
    expect(JSON.stringify(fate)).to.include('"expired"');
  });

  it('finds a wrong row: the invariants know the declared catalog', () => {
    expect(judged.get(WRONG_ROW)!.fate.kind).to.equal('killed');
  });

  it('gives the engine what is the engine’s, and says which law would have found it', () => {
    expect(judged.get(REFUSED)!.fate).to.deep.include({ kind: 'engine' });
    expect(judged.get(REFUSED)!.fate).to.have.property('law').that.is.a('string');
  });

  it('lets an equivalent one survive', () => {
    expect(judged.get(EQUIVALENT)!.fate).to.deep.equal({ kind: 'survived' });
  });

  it('does not count what does not compile, or compiles to the very same steps', () => {
    expect(judged.get('broken')!.fate).to.deep.equal({ kind: 'broken' });
    expect(judged.get('moved')!.fate).to.deep.equal({ kind: 'same' });
  });

  it('refuses to run over nothing', async () => {
    const error = await judgeMutants([]).catch((it: unknown) => it);
    expect(error).to.be.instanceOf(Error).with.property('name', 'WorkbenchError');
  });
});
