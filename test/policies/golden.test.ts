import { expect } from 'chai';
import { REASONS, type Decision } from '../../policies/contract.ts';
import { loadBundle } from '../../policies/engine/bundle.ts';
import { createEngine, type PolicyEngine } from '../../policies/engine/engine.ts';
import { goldenCases, goldenCatalog } from './golden.ts';

describe('golden cases, through the compiled policy', () => {
  let engine: PolicyEngine;

  before(async () => {
    engine = await createEngine(await loadBundle(), goldenCatalog(), { warmUp: 0 });
  });

  for (const [theme, cases] of goldenCases()) {
    for (const { name, entrypoint, input, expected } of cases) {
      it(`${theme}: ${name} (${entrypoint})`, () => {
        const method = ({ decision: 'decide', explanation: 'explain', effective: 'effective' } as const)[
          entrypoint
        ];
        expect(engine[method](input)).to.deep.equal(expected);
      });
    }
  }

  it('show every reason of the closed list', () => {
    const decisions = [...goldenCases().values()].flat().filter((row) => row.entrypoint === 'decision');
    const shown = new Set(decisions.map((row) => (row.expected as Decision).reason));
    expect([...REASONS].filter((reason) => !shown.has(reason))).to.deep.equal([]);
  });
});
