import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { commandsPage } from '../../cli/program/page.ts';
import { program } from '../../cli/program/program.ts';
import { projectFile } from '../../policies/root.ts';

describe('docs/cli.md', () => {
  const page = commandsPage(program());

  it('is what the commands say now (kisum-cli commands > docs/cli.md)', () => {
    expect(readFileSync(projectFile('docs', 'cli.md'), 'utf8')).to.equal(`${page}\n`);
  });

  it('has an example of every command', () => {
    expect(page.match(/^\| `/gm)).to.have.length.greaterThan(30);
    expect(page).to.not.include('| `` |');
  });
});
