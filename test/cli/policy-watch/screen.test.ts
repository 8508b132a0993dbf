import { stripVTControlCharacters } from 'node:util';
import { expect } from 'chai';
import { screen } from '../../../cli/policy-watch/screen.ts';
import { emptyReview, type Review } from '../../../policies/workbench/watch/shape.ts';

/** Nine things to say about each of three steps, some of them long. */
function crowdedReview(): Review {
  const review = emptyReview();
  review.ms = 2100;
  for (const name of ['tests', 'format', 'lint'] as const) {
    const findings = Array.from({ length: 9 }, (_, line) => ({
      rule: `opa/${name}`,
      severity: 'error' as const,
      package: 'kisum.grant',
      file: 'policies/kisum/grant/grant.rego',
      line,
      message: ['does not hold', ...Array<string>(8).fill(`because ${'of this '.repeat(40)}`)].join('\n'),
      fix: 'mend it',
    }));
    review.steps[name] = { state: 'fails', told: '9 found', findings, ms: 100 };
  }
  return review;
}

describe('the screen of a watch', () => {
  const looking = { saved: ['kisum/grant/grant.rego'], review: crowdedReview(), done: true };

  for (const [columns, rows] of [
    [80, 24],
    [120, 45],
  ] as const)
    it(`fits ${columns} × ${rows}, says that there is more, and ends with the verdict`, () => {
      const lines = stripVTControlCharacters(screen(looking, 135, { columns, rows })).split('\n');
      expect(lines.length).to.be.at.most(rows);
      for (const line of lines) expect(line.length).to.be.at.most(columns);
      expect(lines.filter((line) => line.includes('all of it: kisum-cli policy check'))).to.have.length(3);
      expect(lines.at(-1)).to.match(/^does not hold: tests, format, lint so far/);
    });

  it('cuts no line where there is room, and counts what it leaves out', () => {
    const text = screen(looking, 135);
    expect(text).to.include('of this '.repeat(40).trimEnd());
    expect(text.match(/and 6 more: kisum-cli policy check/g)).to.have.length(3);
  });
});
