import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import ts from 'typescript';
import { catalogTypes, TYPES_FILE } from '../../../cli/catalog/types.ts';
import { permissionsOf } from '../../../modules/manifest/derive.ts';
import { discoverManifests } from '../../../modules/manifest/discover.ts';
import { projectFile } from '../../../policies/root.ts';

describe('kisum-cli catalog types', () => {
  const manifests = discoverManifests().map(({ manifest }) => manifest);

  it(`of the catalog are ${TYPES_FILE} (npx kisum-cli catalog types --out ${TYPES_FILE})`, () => {
    expect(readFileSync(projectFile(TYPES_FILE), 'utf8')).to.equal(catalogTypes(manifests));
  });

  it('are the same bytes in whatever order the manifests come', () => {
    expect(catalogTypes(manifests.toReversed())).to.equal(catalogTypes(manifests));
  });

  it('name every module that is sold, every permission, and nothing else', () => {
    const source = ts.createSourceFile('types.ts', catalogTypes(manifests), ts.ScriptTarget.ES2023);
    const unions = source.statements.filter(ts.isTypeAliasDeclaration).map(({ name, type }) => {
      const members = ts.isUnionTypeNode(type) ? type.types : [];
      return [name.text, members.map((it) => (it.getText(source) || '').slice(1, -1))] as const;
    });
    const sold = manifests.filter(({ type }) => type !== 'system');
    expect(Object.fromEntries(unions)).to.deep.equal({
      Module: sold.map(({ key }) => key).sort(),
      Permission: sold
        .flatMap(permissionsOf)
        .map(({ key }) => key)
        .sort(),
    });
  });

  it('are none where there is nothing', () => {
    expect(catalogTypes([])).to.include('export type Module = never;');
  });
});
