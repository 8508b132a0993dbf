import { expect } from 'chai';
import { trial, type Trial } from '../../../test/modules/support/trial.ts';
import definition from './index.ts';

describe('AI', () => {
  let module: Trial;

  before(async function () {
    this.timeout(120_000);
    module = await trial(definition);
  });
  after(() => module.close());

  it('lets nobody in without the permission of a route', async () => {
    expect(await module.unguarded()).to.deep.equal([]);
  });

  it('keeps predictions', async () => {
    const row = await module.make('prediction');
    const { status, body } = await module.read('prediction', row.id);
    expect(status).to.equal(200);
    expect(body.data).to.deep.equal(row);
  });

  it('shows no predictions of another company', async () => {
    const row = await module.makeElsewhere('prediction');
    expect((await module.read('prediction', row.id)).status).to.equal(404);
  });

  it('keeps analytics', async () => {
    const row = await module.make('analytic');
    const { status, body } = await module.read('analytic', row.id);
    expect(status).to.equal(200);
    expect(body.data).to.deep.equal(row);
  });

  it('shows no analytics of another company', async () => {
    const row = await module.makeElsewhere('analytic');
    expect((await module.read('analytic', row.id)).status).to.equal(404);
  });

  it('keeps scorings', async () => {
    const row = await module.make('scoring');
    const { status, body } = await module.read('scoring', row.id);
    expect(status).to.equal(200);
    expect(body.data).to.deep.equal(row);
  });

  it('shows no scorings of another company', async () => {
    const row = await module.makeElsewhere('scoring');
    expect((await module.read('scoring', row.id)).status).to.equal(404);
  });
});
