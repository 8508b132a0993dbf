import { expect } from 'chai';
import { trial, type Trial } from '../../../test/modules/support/trial.ts';
import definition from './index.ts';

describe('Promoter', () => {
  let module: Trial;

  before(async function () {
    this.timeout(120_000);
    module = await trial(definition);
  });
  after(() => module.close());

  it('lets nobody in without the permission of a route', async () => {
    expect(await module.unguarded()).to.deep.equal([]);
  });

  it('keeps events', async () => {
    const row = await module.make('event');
    const { status, body } = await module.read('event', row.id);
    expect(status).to.equal(200);
    expect(body.data).to.deep.equal(row);
  });

  it('shows no events of another company', async () => {
    const row = await module.makeElsewhere('event');
    expect((await module.read('event', row.id)).status).to.equal(404);
  });
});
