import { expect } from 'chai';
import venue from '../../../modules/base/venue/index.ts';
import { createStore } from '../../../modules/kit/store.ts';
import { serverDatabase, type TestDatabase } from '../../support/databases.ts';
import { until } from '../../support/until.ts';
import { backend, type Backend } from '../support/backend.ts';
import { ACME } from '../support/gateway-keys.ts';
import { refusal, type Reply } from '../support/http.ts';

const TIME = { starts_at: '2027-06-18T20:00:00Z', ends_at: '2027-06-18T23:00:00Z' };

// The embedded database has one connection: nothing there happens at once.
describe('rows that must fit beside each other, on a PostgreSQL server', () => {
  let database: TestDatabase | undefined;
  let module: Backend;
  let venue_id: string;
  let space_id: string;

  before(async function () {
    this.timeout(120_000);
    database = await serverDatabase(this);
    module = await backend(venue, {}, database);
    const made = async (path: string, body: object) =>
      (await module.acme.send('POST', path, body)).body.data.id as string;
    venue_id = await made('/venues', { name: 'Hall', city: 'Porto', country: 'Portugal' });
    space_id = await made('/spaces', { venue_id, name: 'Main', kind: 'hall', capacity: 10 });
  });
  after(() => module?.close());

  it('are written one after the other: who comes second sees what the first wrote', async () => {
    const { db } = database!;
    const waiting = async () => {
      const found = await db('pg_stat_activity')
        .where({ wait_event_type: 'Lock' })
        .whereRaw('datname = current_database()');
      return found.length > 0;
    };
    let reply: Reply | undefined;
    let sent: Promise<void> | undefined;
    await createStore(db, 'venue').transaction({ company: ACME, units: null }, async (tx) => {
      await tx('space').where({ id: space_id }).forNoKeyUpdate();
      const booking = { space_id, title: 'Night', ...TIME };
      sent = module.acme.send('POST', '/bookings', booking).then((it) => void (reply = it));
      await until(async () => reply !== undefined || (await waiting()));
      expect(reply, 'the booking did not wait').to.equal(undefined);
      await tx('availability').insert({ company_id: ACME, space_id, kind: 'blocked', ...TIME });
    });
    await sent;
    expect(refusal(reply!)).to.equal('409 conflict: the space is blocked at that time');
  });

  it('a row that only refers to another does not wait for who changes that', async () => {
    let reply: Reply | undefined;
    await createStore(database!.db, 'venue').transaction({ company: ACME, units: null }, async (tx) => {
      await tx('venue').where({ id: venue_id }).forNoKeyUpdate();
      const body = { venue_id, name: 'Side', kind: 'club', capacity: 10 };
      reply = await module.acme.send('POST', '/spaces', body);
    });
    expect(reply?.status).to.equal(201);
  });
});
