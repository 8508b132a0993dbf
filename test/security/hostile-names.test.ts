import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { CliError } from '../../cli/errors.ts';
import { checkKey } from '../../cli/scaffold/plan.ts';
import { keyFaults } from '../../cli/scaffold/key.ts';
import { writeModule } from '../../cli/scaffold/write.ts';
import { emptyRoot, planWith, treeOf } from '../cli/scaffold/tree.ts';

/** Keys nobody may have, by what they try. */
const HOSTILE: Record<string, string[]> = {
  'to leave the folder': [
    '..',
    '.',
    '../up',
    'a/../../b',
    '/etc',
    '..\\up',
    'C:\\x',
    'a/b',
    './a',
    '~',
    '%2e%2e',
    'a\u0000b',
  ],
  'to be a command or an option': [
    '-rf',
    '--type',
    '$(id)',
    '`id`',
    'a;b',
    'a b',
    'a|b',
    "a'b",
    'a"b',
    '${x}',
    '{{key}}',
    '\n',
  ],
  'to look like another': [
    'ﬁnance',
    'fіnance',
    'finance\u200b',
    '\u202efinance',
    'Finance',
    'FINANCE',
    'finánce',
    'ｆinance',
  ],
  'to be a word of the platform': [
    'core',
    'auth',
    'base',
    'api',
    'internal',
    'admin',
    'health',
    'public',
    'access',
  ],
  'to be a word of JavaScript': [
    'class',
    'function',
    'new',
    'delete',
    'default',
    'import',
    'export',
    'await',
    'null',
  ],
  'to be a property of every object': ['constructor', 'prototype', '__proto__', 'tostring', 'valueof'],
  'to be a device of Windows': ['con', 'prn', 'aux', 'nul', 'com1', 'lpt9'],
  'to be a folder of the tree': ['src', 'dist', 'test', 'tests', 'index', 'node_modules', 'node-modules'],
  'to be a schema of PostgreSQL': ['pg_catalog', 'pg_x', 'information_schema'],
  'to be no word at all': ['', 'a', '1a', '_a', 'a_', 'a__b', 'a-b', 'a.b', 'x'.repeat(41), '😀', 'é'],
};

describe('a hostile key', () => {
  let root: string;
  before(() => {
    root = emptyRoot();
    mkdirSync(join(root, 'modules/addons/finance'));
    writeFileSync(join(root, 'systems/marker'), '');
  });
  after(() => rmSync(dirname(root), { recursive: true, force: true }));

  const messageFor = (key: string): string => {
    try {
      checkKey(root, 'addon', key);
      return '';
    } catch (error) {
      expect(error).to.be.instanceOf(CliError).with.property('exitCode', 2);
      return (error as Error).message;
    }
  };

  for (const [what, keys] of Object.entries(HOSTILE)) {
    it(`that tries ${what} is refused`, () => {
      for (const key of keys) {
        const suggested = /\n {2}try: (.*)$/.exec(messageFor(key))?.[1];
        expect(suggested, JSON.stringify(key)).to.be.a('string');
        expect(messageFor(suggested!), `${key} → ${suggested}`).to.equal('');
      }
    });
  }

  it('is told every rule it breaks at once', () => {
    expect(keyFaults('Ｃ')).to.have.length(3);
    expect(messageFor('-')).to.match(/2 to 40 characters[^]*words of a-z/);
  });

  it('is told the nearest key it could have', () => {
    const near = ['VenueDeals', 'venue-deals', 'Vénue deals', '2nd_hand', 'сrm', 'admin'].map(
      (key) => /try: (.*)$/.exec(messageFor(key))?.[1],
    );
    expect(near).to.deep.equal([
      'venue_deals',
      'venue_deals',
      'venue_deals',
      'nd_hand',
      'crm',
      'admin_module',
    ]);
  });

  it('cannot be what is there, in any case, in any room, or easily taken for it', () => {
    expect(messageFor('marker')).to.match(/systems\/marker is there already/);
    expect(messageFor('rnarker')).to.match(/easily taken for marker/);
    expect(messageFor('flnance')).to.match(/easily taken for finance/);
    expect(messageFor('fi_nance')).to.match(/easily taken for finance/);
    expect(messageFor('financier')).to.equal('');
  });

  it('puts no byte anywhere but modules/<kind>/<key>, whatever it is', async () => {
    const kept = treeOf(dirname(root));
    const plan = await planWith(root);
    const hostile = fc.constantFrom(...Object.values(HOSTILE).flat(), 'crm', 'deals', 'market_2');
    const near = fc.string({ unit: fc.constantFrom(...'ab_./\\-~%:0\u0000 '), maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.oneof(hostile, near, fc.string({ unit: 'binary' })), async (key) => {
        await writeModule(root, { ...plan, key }).catch(() => undefined);
        const there = treeOf(dirname(root));
        const more = Object.keys(there).filter((name) => !Object.hasOwn(kept, name));
        for (const name of more) expect(name.startsWith(`root/modules/addons/${key}/`), name).to.equal(true);
        if (more.length > 0) rmSync(join(root, 'modules/addons', key), { recursive: true });
        expect(treeOf(dirname(root))).to.deep.equal(kept);
      }),
      { numRuns: 150 },
    );
  }).timeout(120_000);
});
