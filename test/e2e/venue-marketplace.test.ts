import { expect } from 'chai';
import { addAddon } from '../../platform/core/subscriptions.ts';
import { embeddedDatabase } from '../support/databases.ts';
import { COMPANY, type USER } from '../support/stage.ts';
import { openWorld, type World } from '../support/world.ts';

const HALL = { name: 'Blue Hall', city: 'Porto', country: 'Portugal', capacity: 900, listed: true };
const REQUESTS = '/api/venue_marketplace/booking_requests';
const OFFERS = '/api/venue_marketplace/offers';

interface Row {
  id: string;
  [column: string]: unknown;
}

describe('a promoter and a venue deal with each other through the gateway', () => {
  let world: World;
  let listing: Row;

  /** Ana is Acme's, a promoter; Cleo is Bluenote's, a venue; Sol is Solo's, and neither. */
  const HOME = { ana: COMPANY.acme, cleo: COMPANY.bluenote, sol: COMPANY.solo };
  const ask = (user: keyof typeof HOME & keyof typeof USER, method: string, path: string, body?: object) =>
    world.call(user, HOME[user], path, body, method);
  const rowOf = async (answer: Promise<Response>, status: number): Promise<Row> => {
    const response = await answer;
    expect(response.status, await response.clone().text()).to.equal(status);
    return ((await response.json()) as { data: Row }).data;
  };

  before(async function () {
    this.timeout(120_000);
    const database = await embeddedDatabase();
    world = await openWorld(database);
    const forever = { status: 'active', startsAt: new Date('2020-01-01'), endsAt: null } as const;
    for (const company of [COMPANY.acme, COMPANY.bluenote]) {
      await addAddon(database.db, company, 'venue_marketplace', forever, 'test');
    }
    await rowOf(ask('cleo', 'POST', '/api/venue/venues', HALL), 201);
  });
  after(() => world?.close());

  it('the promoter finds what the venue published, without a foot in the venue module', async () => {
    expect((await ask('ana', 'GET', '/api/venue/venue_listings')).status).to.equal(403);
    const found = await ask('ana', 'GET', '/api/venue_marketplace/venue_listings?city=Porto');
    const { data } = (await found.json()) as { data: Row[] };
    expect(data).to.have.length(1);
    listing = data[0]!;
    expect(listing).to.include({ name: 'Blue Hall', company_id: COMPANY.bluenote });
  });

  it('asks, is offered terms, and accepts; each side sees its own, a third nothing', async () => {
    const body = {
      venue_listing_id: listing.id,
      event_name: 'Fado night',
      starts_at: '2027-06-18T20:00:00Z',
      ends_at: '2027-06-18T23:00:00Z',
    };
    const request = await rowOf(ask('ana', 'POST', REQUESTS, body), 201);
    expect(request).to.include({
      promoter_company_id: COMPANY.acme,
      venue_company_id: COMPANY.bluenote,
      status: 'draft',
    });
    const at = `${REQUESTS}/${request.id}`;
    expect((await ask('cleo', 'GET', at)).status).to.equal(404);
    await rowOf(ask('ana', 'PATCH', at, { status: 'sent' }), 200);
    expect((await rowOf(ask('cleo', 'GET', at), 200)).event_name).to.equal('Fado night');

    const terms = {
      booking_request_id: request.id,
      amount: '7500.00',
      currency: 'EUR',
      valid_until: '2099-01-31',
    };
    const offer = await rowOf(ask('cleo', 'POST', OFFERS, { ...terms, status: 'sent' }), 201);
    expect((await ask('cleo', 'PATCH', `${OFFERS}/${offer.id}`, { status: 'accepted' })).status).to.equal(
      403,
    );
    await rowOf(ask('ana', 'PATCH', `${OFFERS}/${offer.id}`, { status: 'accepted' }), 200);
    expect((await rowOf(ask('cleo', 'GET', at), 200)).status).to.equal('accepted');
    expect((await ask('cleo', 'PATCH', `${OFFERS}/${offer.id}`, { amount: '9000' })).status).to.equal(409);
    expect((await ask('sol', 'GET', at)).status).to.equal(403);
  });

  it('a venue that is no longer listed cannot be asked', async () => {
    await rowOf(ask('cleo', 'PATCH', `/api/venue/venues/${listing.id}`, { listed: false }), 200);
    const asked = await ask('ana', 'POST', REQUESTS, {
      venue_listing_id: listing.id,
      event_name: 'Too late',
      starts_at: '2027-06-18T20:00:00Z',
      ends_at: '2027-06-18T23:00:00Z',
    });
    expect(asked.status, await asked.clone().text()).to.equal(400);
  });
});
