import { expect } from 'chai';
import { Access } from '../../../gateway/access/access.ts';
import type { Catalog } from '../../../gateway/catalog/catalog.ts';
import type { AccessRecord } from '../../../platform/auth/access.ts';

const catalogOf = (permissions: string[]) =>
  ({ engine: { effective: () => ({ permissions }) } }) as unknown as Catalog;
const token = (name: string) => ({ token: name, reuseUntil: Infinity });

describe('what is remembered of an access', () => {
  const record = { facts: { modules: [], permissions: [] }, role: null, changesInMs: null };
  const access = new Access('u', 'c', record as unknown as AccessRecord, 0);
  const [older, newer] = [catalogOf(['a.b.view']), catalogOf([])];

  it('is of one catalog and its policy: what a slow request signs under the older one is never used under the newer', () => {
    expect(access.permissionsIn('a', older)).to.deep.equal(['a.b.view']);
    const begun = access.assertionsUnder(older);
    expect(access.permissionsIn('a', newer)).to.deep.equal([]);
    begun.set('a', token('signed late'));
    expect([...access.assertionsUnder(newer).keys()]).to.deep.equal([]);
  });

  it('lasts as long as the catalog does', () => {
    access.assertionsUnder(newer).set('a', token('signed'));
    access.permissionsIn('a', newer);
    expect(access.assertionsUnder(newer).get('a')).to.deep.equal(token('signed'));
  });
});
