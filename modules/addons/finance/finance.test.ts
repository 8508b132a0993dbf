import { expect } from 'chai';
import { trial, type Trial } from '../../../test/modules/support/trial.ts';
import definition from './index.ts';

describe('Finance', () => {
  let module: Trial;

  before(async function () {
    this.timeout(120_000);
    module = await trial(definition);
  });
  after(() => module.close());

  it('lets nobody in without the permission of a route', async () => {
    expect(await module.unguarded()).to.deep.equal([]);
  });

  it('keeps expenses', async () => {
    const row = await module.make('expense');
    const { status, body } = await module.read('expense', row.id);
    expect(status).to.equal(200);
    expect(body.data).to.deep.equal(row);
  });

  it('shows no expenses of another company', async () => {
    const row = await module.makeElsewhere('expense');
    expect((await module.read('expense', row.id)).status).to.equal(404);
  });

  it('keeps income', async () => {
    const row = await module.make('income');
    const { status, body } = await module.read('income', row.id);
    expect(status).to.equal(200);
    expect(body.data).to.deep.equal(row);
  });

  it('shows no income of another company', async () => {
    const row = await module.makeElsewhere('income');
    expect((await module.read('income', row.id)).status).to.equal(404);
  });

  it('keeps settlements', async () => {
    const row = await module.make('settlement');
    const { status, body } = await module.read('settlement', row.id);
    expect(status).to.equal(200);
    expect(body.data).to.deep.equal(row);
  });

  it('shows no settlements of another company', async () => {
    const row = await module.makeElsewhere('settlement');
    expect((await module.read('settlement', row.id)).status).to.equal(404);
  });
});
