import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readEquivalents, rotOf } from '../../../../policies/workbench/mutants/equivalent.ts';
import type { Mutant } from '../../../../policies/workbench/mutants/mutant.ts';
import { allMutants } from '../../../../policies/workbench/mutants/run.ts';

const mutant: Mutant = {
  id: 'kisum.small.a:negate:1',
  operator: 'negate',
  file: 'kisum/small/small.rego',
  line: 3,
  before: 'input.x',
  after: 'not input.x',
  change: { file: 'kisum/small/small.rego', text: '' },
};
const { id, after } = mutant;
const why = 'Nobody asks.';

describe('the list of equivalent mutants', () => {
  it('may hold a survivor that is still there', () => {
    expect(rotOf([{ id, after, why }], [mutant], new Set())).to.deep.equal([]);
  });

  it('rots when the mutant is killed, is gone, or became another', () => {
    expect(rotOf([{ id, after, why }], [mutant], new Set([id]))).to.deep.equal([
      `${id} is not equivalent: it was noticed`,
    ]);
    expect(rotOf([{ id, after, why }], [], new Set())).to.deep.equal([`${id} is no mutant any more`]);
    expect(rotOf([{ id, after: 'input.y', why }], [mutant], new Set())).to.deep.equal([
      `${id} is another mutant now: not input.x`,
    ]);
  });

  it('holds nothing twice', () => {
    const twice = [
      { id, after, why },
      { id, after, why },
    ];
    expect(rotOf(twice, [mutant], new Set())).to.deep.equal([`${id} is listed twice`]);
  });

  it('is refused without a reason', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kisum-equivalent-'));
    try {
      const file = join(folder, 'equivalent.json');
      await writeFile(file, JSON.stringify({ equivalent: [{ id, after, why: ' ' }] }));
      const error = await readEquivalents(file).catch((it: unknown) => it as Error);
      expect(error).to.be.instanceOf(Error);
      expect((error as Error).message).to.include('and why');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('of this policy names mutants that exist, as they are', async () => {
    const listed = await readEquivalents();
    expect(listed).to.not.be.empty;
    expect(rotOf(listed, await allMutants(), new Set())).to.deep.equal([]);
  });
});
