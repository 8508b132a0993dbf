import { expect } from 'chai';
import { trial, type Trial } from '../../../test/modules/support/trial.ts';
import definition from './index.ts';

describe('Vendor', () => {
  let module: Trial;

  before(async function () {
    this.timeout(120_000);
    module = await trial(definition);
  });
  after(() => module.close());

  it('lets nobody in without the permission of a route', async () => {
    expect(await module.unguarded()).to.deep.equal([]);
  });

  it('keeps vendor profiles', async () => {
    const row = await module.make('vendor_profile');
    const { status, body } = await module.read('vendor_profile', row.id);
    expect(status).to.equal(200);
    expect(body.data).to.deep.equal(row);
  });

  it('shows no vendor profiles of another company', async () => {
    const row = await module.makeElsewhere('vendor_profile');
    expect((await module.read('vendor_profile', row.id)).status).to.equal(404);
  });

  it('keeps services', async () => {
    const row = await module.make('service');
    const { status, body } = await module.read('service', row.id);
    expect(status).to.equal(200);
    expect(body.data).to.deep.equal(row);
  });

  it('shows no services of another company', async () => {
    const row = await module.makeElsewhere('service');
    expect((await module.read('service', row.id)).status).to.equal(404);
  });

  it('keeps quotes', async () => {
    const row = await module.make('quote');
    const { status, body } = await module.read('quote', row.id);
    expect(status).to.equal(200);
    expect(body.data).to.deep.equal(row);
  });

  it('shows no quotes of another company', async () => {
    const row = await module.makeElsewhere('quote');
    expect((await module.read('quote', row.id)).status).to.equal(404);
  });
});
