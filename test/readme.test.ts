import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { CONFIG_KEYS } from '../gateway/config.ts';
import type { Key } from '../gateway/config-keys.ts';
import { projectFile } from '../policies/root.ts';

function table(): string {
  const rows = Object.entries<Key<unknown>>(CONFIG_KEYS).map(
    ([name, { description, default: text, required }]) => {
      const fallback = required ? '**required**' : text ? `\`${text}\`` : '';
      return `| \`${name}\` | ${description} | ${fallback} |`;
    },
  );
  return ['| key | meaning | default |', '|---|---|---|', ...rows].join('\n');
}

describe('README', () => {
  const readme = readFileSync(projectFile('README.md'), 'utf8');

  it('has the environment as the gateway reads it', () => {
    const shown = /<!-- environment -->\n([^]*?)\n<!-- \/environment -->/.exec(readme)?.[1];
    expect(shown?.trim()).to.equal(table());
  });

  it('names only scripts and files that exist', () => {
    const { scripts } = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as { scripts: object };
    const named = [...readme.matchAll(/npm run ([\w-]+)/g)].map(([, name]) => name!);
    expect(named).to.not.be.empty;
    for (const name of named) expect(scripts).to.have.property(name);
  });
});
