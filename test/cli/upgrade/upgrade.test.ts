import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { writeAll } from '../../../cli/upgrade/journal.ts';
import { upgradeOf, type ModuleUpgrade, type UpgradeOptions } from '../../../cli/upgrade/upgrade.ts';
import { AFTER, BEFORE, make, type Made } from './made-modules.ts';

async function upgrade(
  { manifest, folder }: Made,
  onConflict: UpgradeOptions['onConflict'] = 'abort',
): Promise<ModuleUpgrade> {
  const plan = await upgradeOf(manifest, folder, { template: AFTER, onConflict });
  await writeAll(folder, plan.writes);
  return plan;
}

const mark = (number: number): string => `// Edited by hand, ${number}.`;

/** Twelve ways a developer edits what the template made: file → edit. */
const EDITS: [string, Record<string, (text: string) => string>][] = [
  ['above everything', { 'index.ts': (text) => `${mark(1)}\n${text}` }],
  [
    'an import',
    { 'index.ts': (text) => text.replace(/^import \{ manifest/m, `${mark(2)}\nimport { manifest`) },
  ],
  ['a handler', { 'index.ts': (text) => text.replace('handlers: {', `handlers: {\n    ${mark(3)}`) }],
  [
    'beside the migrations',
    { 'index.ts': (text) => text.replace('  migrations,', `  migrations, ${mark(4)}`) },
  ],
  ['an entity', { 'thing_0.ts': (text) => `${text}${mark(5)}\n` }],
  ['the migrations', { 'migrations.ts': (text) => `${text}${mark(6)}\n` }],
  ['the tests', { 'k7.test.ts': (text) => `${mark(7)}\n${text}` }],
  ['a managed file', { 'MODULE.md': (text) => text.replace('\n# ', `\n${mark(8)}\n\n# `) }],
  [
    'several files',
    { 'index.ts': (text) => `${mark(9)}\n${text}`, 'thing_0.ts': (text) => `${mark(9)}\n${text}` },
  ],
  ['all line ends', { 'index.ts': (text) => `${mark(10)}\n${text}`.replaceAll('\n', '\r\n') }],
  ['the manifest', { 'module.yaml': (text) => `${text}# ${mark(11)}\n` }],
  ['a whole file', { 'thing_0.ts': () => `${mark(12)}\nexport const things0 = {};\n` }],
];

describe('upgrading modules to the next template', () => {
  EDITS.forEach(([what, edits], index) => {
    it(`keeps an edit of ${what}, without conflict`, async () => {
      const number = index + 1;
      const made = await make(`k${number}`, 1 + (index % 3));
      for (const [path, change] of Object.entries(edits)) await made.edit(path, change);
      const { conflicts } = await upgrade(made);
      expect(conflicts).to.deep.equal([]);
      for (const path of Object.keys(edits)) expect(await made.read(path), path).to.include(mark(number));
      expect(await made.read('index.ts')).to.include('One line more, from the template.');
      expect(await made.read('MODULE.md')).to.include('9. New in the template');
      expect(JSON.parse(await made.read('.kisum/lock.json')).generator.version).to.equal('1.1.0');
    });
  });

  it('an unedited module becomes what the new template makes, but for files made once', async () => {
    const made = await make('plain', 3);
    const { conflicts, merged } = await upgrade(made);
    expect([conflicts, merged]).to.deep.equal([[], []]);
    expect(await made.read('NOTES.md')).to.equal('# Notes\n');
    expect(existsSync(join(made.folder, 'openapi.json'))).to.equal(false);
    expect(await made.read('thing_0.ts')).to.not.include('Never seen');
    const again = await upgradeOf(made.manifest, made.folder, { template: AFTER, onConflict: 'abort' });
    expect(again.writes).to.deep.equal([]);
  });

  it('an edit where the template changes too is a conflict: marks inline, and the edit stands between them', async () => {
    const made = await make('clash', 1);
    await made.edit('index.ts', (text) => `${text}\n${mark(1)}\n`);
    const { conflicts } = await upgrade(made, 'inline');
    expect(conflicts).to.deep.equal(['index.ts']);
    const text = await made.read('index.ts');
    expect(text).to.match(
      /<<<<<<< this module\n\/\/ Edited by hand, 1\.[^]*=======[^]*One line more[^]*>>>>>>> the template now/,
    );
    expect(existsSync(join(made.folder, 'index.ts.rej'))).to.equal(false);
  });

  it('a file that the developer deleted stays deleted', async () => {
    const made = await make('less', 1);
    await rm(join(made.folder, 'less.test.ts'));
    await rm(join(made.folder, 'index.ts'));
    await upgrade(made);
    expect(existsSync(join(made.folder, 'less.test.ts'))).to.equal(false);
    expect(existsSync(join(made.folder, 'index.ts'))).to.equal(false);
  });

  it('an entity added to the manifest brings its file, once', async () => {
    const made = await make('more', 1);
    await made.edit('module.yaml', (text) =>
      text.replace('  mustNot', '      - { entity: extra, plural: extras }\n  mustNot'),
    );
    const { parseManifest } = await import('../../../modules/manifest/read.ts');
    const manifest = parseManifest(await made.read('module.yaml'), 'module.yaml');
    const plan = await upgradeOf(manifest, made.folder, { template: BEFORE, onConflict: 'abort' });
    await writeAll(made.folder, plan.writes);
    expect(await made.read('extra.ts')).to.include("collection(manifest, 'extra')");
    expect(await made.read('index.ts')).to.include("...named('extra', extras)");
    expect(await made.read('MODULE.md')).to.include('more.extra.view');
  });

  it('a module that no template made is refused, and adopted with all it has when asked', async () => {
    const made = await make('old', 1);
    await rm(join(made.folder, '.kisum'), { recursive: true });
    await made.edit('index.ts', (text) => `${mark(1)}\n${text}`);
    await rm(join(made.folder, 'MODULE.md'));
    const options = { template: BEFORE, onConflict: 'abort' } as const;
    const refused = await upgradeOf(made.manifest, made.folder, options).catch((error: Error) => error);
    expect((refused as Error).message).to.include('--adopt');
    const plan = await upgradeOf(made.manifest, made.folder, { ...options, adopt: true });
    await writeAll(made.folder, plan.writes);
    expect(plan.conflicts).to.deep.equal([]);
    expect(await made.read('index.ts')).to.include(mark(1));
    expect(await made.read('MODULE.md')).to.include('## 1. Purpose');
    const { conflicts } = await upgrade(made);
    expect(conflicts).to.deep.equal([]);
    expect(await made.read('index.ts'))
      .to.include(mark(1))
      .and.include('One line more');
  });
});
