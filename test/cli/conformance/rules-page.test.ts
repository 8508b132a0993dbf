import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { RULES } from '../../../cli/conformance/rules.ts';
import { rulesPage } from '../../../cli/conformance/rules-page.ts';
import { projectFile } from '../../../policies/root.ts';

describe('docs/rules.md', () => {
  it('is what the rules say now (kisum-cli explain --markdown > docs/rules.md)', () => {
    expect(readFileSync(projectFile('docs', 'rules.md'), 'utf8')).to.equal(`${rulesPage(RULES)}\n`);
  });

  it('holds every rule once', () => {
    const page = rulesPage(RULES);
    for (const { id } of RULES) expect(page.split(`### ${id}`), id).to.have.length(2);
  });
});
