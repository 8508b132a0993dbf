import { expect } from 'chai';
import { trial, type Trial } from '../../../test/modules/support/trial.ts';
import definition from './index.ts';

describe('Artist', () => {
  let module: Trial;

  before(async function () {
    this.timeout(120_000);
    module = await trial(definition);
  });
  after(() => module.close());

  it('lets nobody in without the permission of a route', async () => {
    expect(await module.unguarded()).to.deep.equal([]);
  });

  it('keeps artists', async () => {
    const row = await module.make('artist');
    const { status, body } = await module.read('artist', row.id);
    expect(status).to.equal(200);
    expect(body.data).to.deep.equal(row);
  });

  it('shows no artists of another company', async () => {
    const row = await module.makeElsewhere('artist');
    expect((await module.read('artist', row.id)).status).to.equal(404);
  });

  it('keeps rosters', async () => {
    const row = await module.make('roster');
    const { status, body } = await module.read('roster', row.id);
    expect(status).to.equal(200);
    expect(body.data).to.deep.equal(row);
  });

  it('shows no rosters of another company', async () => {
    const row = await module.makeElsewhere('roster');
    expect((await module.read('roster', row.id)).status).to.equal(404);
  });

  it('keeps availability', async () => {
    const row = await module.make('availability');
    const { status, body } = await module.read('availability', row.id);
    expect(status).to.equal(200);
    expect(body.data).to.deep.equal(row);
  });

  it('shows no availability of another company', async () => {
    const row = await module.makeElsewhere('availability');
    expect((await module.read('availability', row.id)).status).to.equal(404);
  });
});
