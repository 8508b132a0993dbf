import { expect } from 'chai';
import { trial, type Trial } from '../../../test/modules/support/trial.ts';
import definition from './index.ts';

describe('Touring', () => {
  let module: Trial;

  before(async function () {
    this.timeout(120_000);
    module = await trial(definition);
  });
  after(() => module.close());

  it('lets nobody in without the permission of a route', async () => {
    expect(await module.unguarded()).to.deep.equal([]);
  });

  it('keeps tours', async () => {
    const row = await module.make('tour');
    const { status, body } = await module.read('tour', row.id);
    expect(status).to.equal(200);
    expect(body.data).to.deep.equal(row);
  });

  it('shows no tours of another company', async () => {
    const row = await module.makeElsewhere('tour');
    expect((await module.read('tour', row.id)).status).to.equal(404);
  });

  it('keeps routings', async () => {
    const row = await module.make('routing');
    const { status, body } = await module.read('routing', row.id);
    expect(status).to.equal(200);
    expect(body.data).to.deep.equal(row);
  });

  it('shows no routings of another company', async () => {
    const row = await module.makeElsewhere('routing');
    expect((await module.read('routing', row.id)).status).to.equal(404);
  });

  it('keeps schedules', async () => {
    const row = await module.make('schedule');
    const { status, body } = await module.read('schedule', row.id);
    expect(status).to.equal(200);
    expect(body.data).to.deep.equal(row);
  });

  it('shows no schedules of another company', async () => {
    const row = await module.makeElsewhere('schedule');
    expect((await module.read('schedule', row.id)).status).to.equal(404);
  });
});
