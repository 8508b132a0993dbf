import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { type ManifestError, parseManifest } from '../../modules/manifest/read.ts';
import { applyCatalog } from '../../platform/core/apply.ts';
import { projectFile } from '../../policies/root.ts';
import { embeddedDatabase } from '../support/databases.ts';

const VENDOR = readFileSync(projectFile('modules', 'base', 'vendor', 'module.yaml'), 'utf8');

function faultsOf(key: string): string[] {
  try {
    parseManifest(VENDOR.replace(/\bvendor\b(?=\n)/, key), 'module.yaml');
    return [];
  } catch (error) {
    return (error as ManifestError).faults;
  }
}

describe('hostile manifests', () => {
  // Its key names a module's schema, which its migrations change and a rename renames.
  for (const key of ['core', 'auth', 'public', 'information_schema', 'pg_catalog', 'pg_temp']) {
    it(`cannot make ${key} their own schema`, () => {
      expect(faultsOf(key)).to.deep.equal([
        `module.yaml:6:3 module key ${key} is the name of a schema that is no module's`,
      ]);
    });
  }

  it('a key that only looks like one of those is a key', () => {
    for (const key of ['core_values', 'author', 'publicity', 'pgs']) expect(faultsOf(key)).to.deep.equal([]);
  });

  it('an entity named like a property of every object comes and goes like any other', async function () {
    this.timeout(120_000);
    const { db, drop } = await embeddedDatabase();
    const text = VENDOR.replaceAll('quote', 'constructor');
    const apply = (yaml: string) =>
      applyCatalog(db, [parseManifest(yaml, 'module.yaml')], { actor: 'test', allowBreaking: true });
    const marks = ({ changes }: Awaited<ReturnType<typeof apply>>) =>
      changes
        .flatMap(({ what }) => what)
        .filter(({ part, name }) => part === 'entity' && name === 'constructor');
    try {
      expect(marks(await apply(text)).map(({ mark }) => mark)).to.deep.equal(['+']);
      expect(marks(await apply(VENDOR)).map(({ mark }) => mark)).to.deep.equal(['-']);
      expect(await db('core.owned_entities').where({ entity: 'constructor' })).to.deep.equal([]);
    } finally {
      await drop();
    }
  });
});
