import { expect } from 'chai';
import { CHANGE_REASONS, REASONS, type ChangeVerdict, type Decision } from '../../policies/contract.ts';
import { loadBundle } from '../../policies/engine/bundle.ts';
import { createEngine, type PolicyEngine } from '../../policies/engine/engine.ts';
import { goldenCases, goldenCatalog, type GoldenCase } from './golden.ts';

const METHODS = {
  capabilities: 'capabilities',
  decision: 'decide',
  delegation: 'judgeChange',
  effective: 'effective',
  explanation: 'explain',
} as const satisfies Record<GoldenCase['entrypoint'], keyof PolicyEngine>;

describe('golden cases, through the compiled policy', () => {
  let engine: PolicyEngine;

  before(async () => {
    engine = await createEngine(await loadBundle(), goldenCatalog(), { warmUp: 0 });
  });

  for (const [theme, cases] of goldenCases()) {
    for (const { name, entrypoint, input, expected } of cases) {
      it(`${theme}: ${name} (${entrypoint})`, () => {
        expect(engine[METHODS[entrypoint]](input)).to.deep.equal(expected);
      });
    }
  }

  it('show every reason of the closed list', () => {
    const decisions = [...goldenCases().values()].flat().filter((row) => row.entrypoint === 'decision');
    const shown = new Set(decisions.map((row) => (row.expected as Decision).reason));
    expect([...REASONS].filter((reason) => !shown.has(reason))).to.deep.equal([]);
  });

  it('show every reason against a change', () => {
    const changes = [...goldenCases().values()].flat().filter((row) => row.entrypoint === 'delegation');
    const shown = new Set(changes.flatMap((row) => (row.expected as ChangeVerdict).reasons));
    expect([...CHANGE_REASONS].filter((reason) => !shown.has(reason))).to.deep.equal([]);
  });
});
