import { expect } from 'chai';
import { trial, type Trial } from '../../../test/modules/support/trial.ts';
import definition from './index.ts';

describe('Venue', () => {
  let module: Trial;

  before(async function () {
    this.timeout(120_000);
    module = await trial(definition);
  });
  after(() => module.close());

  it('lets nobody in without the permission of a route', async () => {
    expect(await module.unguarded()).to.deep.equal([]);
  });

  it('keeps venues', async () => {
    const row = await module.make('venue');
    const { status, body } = await module.read('venue', row.id);
    expect(status).to.equal(200);
    expect(body.data).to.deep.equal(row);
  });

  it('shows no venues of another company', async () => {
    const row = await module.makeElsewhere('venue');
    expect((await module.read('venue', row.id)).status).to.equal(404);
  });

  it('keeps spaces', async () => {
    const row = await module.make('space');
    const { status, body } = await module.read('space', row.id);
    expect(status).to.equal(200);
    expect(body.data).to.deep.equal(row);
  });

  it('shows no spaces of another company', async () => {
    const row = await module.makeElsewhere('space');
    expect((await module.read('space', row.id)).status).to.equal(404);
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

  it('keeps bookings', async () => {
    const row = await module.make('booking');
    const { status, body } = await module.read('booking', row.id);
    expect(status).to.equal(200);
    expect(body.data).to.deep.equal(row);
  });

  it('shows no bookings of another company', async () => {
    const row = await module.makeElsewhere('booking');
    expect((await module.read('booking', row.id)).status).to.equal(404);
  });

  it('keeps deals', async () => {
    const row = await module.make('deal');
    const { status, body } = await module.read('deal', row.id);
    expect(status).to.equal(200);
    expect(body.data).to.deep.equal(row);
  });

  it('shows no deals of another company', async () => {
    const row = await module.makeElsewhere('deal');
    expect((await module.read('deal', row.id)).status).to.equal(404);
  });

  it('keeps contracts', async () => {
    const row = await module.make('contract');
    const { status, body } = await module.read('contract', row.id);
    expect(status).to.equal(200);
    expect(body.data).to.deep.equal(row);
  });

  it('shows no contracts of another company', async () => {
    const row = await module.makeElsewhere('contract');
    expect((await module.read('contract', row.id)).status).to.equal(404);
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
