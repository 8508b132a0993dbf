import { expect } from 'chai';
import { declaredManifests } from '../../../cli/catalog/declared.ts';
import { declaredData } from '../../../cli/catalog/declared-data.ts';
import { demoSnapshot } from '../../support/demo-snapshot.ts';

describe('the declared catalog', () => {
  it('is what the policy is given once the manifests are applied', async () => {
    const declared = declaredData(declaredManifests());
    expect(Object.keys(declared.routes).length).to.be.greaterThan(100);
    expect(declared).to.deep.equal((await demoSnapshot()).catalog);
  });
});
