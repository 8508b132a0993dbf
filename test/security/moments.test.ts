import { expect } from 'chai';
import venue from '../../modules/base/venue/index.ts';
import { trial, type Trial } from '../modules/support/trial.ts';

/** Read by PostgreSQL as a moment, by JavaScript as none: what is compared with it passes every rule. */
const READ_APART = ['2027-06-18T23:59:60Z', '2030-06-18T20:00:00+10', '2030-12-31T23:59:60.5Z'];
/** As unusual, and the same to both. */
const READ_ALIKE = ['2027-06-18T21:00:00.000Z', '2027-06-18t21:00:00z', '2027-06-18T23:00:00+0200'];

describe('moments that two readers read apart', () => {
  let module: Trial;
  let booking_id: string;

  before(async function () {
    this.timeout(120_000);
    module = await trial(venue);
    booking_id = (await module.make('booking')).id;
  });
  after(() => module.close());

  const send = (ends_at: string) =>
    module.acme.send('POST', '/events', {
      booking_id,
      name: 'Night',
      starts_at: '2027-06-18T20:30:00Z',
      ends_at,
    });

  for (const moment of READ_APART) {
    it(`${moment} does not carry an event out of its booking`, async () => {
      const { status, body } = await send(moment);
      expect(status).to.equal(400);
      expect(body.error.fields).to.have.all.keys('ends_at');
    });
  }

  for (const moment of READ_ALIKE) {
    it(`${moment} is one`, async () => {
      expect((await send(moment)).status).to.equal(201);
    });
  }
});
