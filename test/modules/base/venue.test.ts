import { expect } from 'chai';
import fc from 'fast-check';
import venue from '../../../modules/base/venue/index.ts';
import { backend, type Backend } from '../support/backend.ts';
import { DATABASES } from '../support/both.ts';
import { ACME, BLUENOTE } from '../support/gateway-keys.ts';
import { refusal } from '../support/http.ts';

const HALL = {
  name: 'Blue Hall',
  city: 'Porto',
  country: 'Portugal',
  capacity: 900,
  description: 'By the river',
};
const at = (hour: number, day = 18) => `2027-06-${day}T${String(hour).padStart(2, '0')}:00:00.000Z`;

for (const [database, open] of DATABASES) {
  describe(`venue, on ${database}`, () => {
    let module: Backend;
    let venue_id: string;
    let count = 0;

    before(async function () {
      this.timeout(120_000);
      module = await backend(venue, {}, await open(this));
      venue_id = await made('/venues', HALL);
    });
    after(() => module?.close());

    const post = (path: string, body: unknown, company = ACME) => module.as(company).send('POST', path, body);
    const patch = (path: string, body: unknown) => module.acme.send('PATCH', path, body);
    const get = (path: string, company = ACME) => module.as(company).send('GET', path);
    const drop = (path: string) => module.acme.send('DELETE', path);
    const made = async (path: string, body: object): Promise<string> => {
      const reply = await post(path, body);
      expect(reply.status, JSON.stringify(reply.body)).to.equal(201);
      return reply.body.data.id;
    };
    const space = (values: object = {}) =>
      made('/spaces', { venue_id, name: `Space ${++count}`, kind: 'hall', capacity: 500, ...values });
    const booking = (space_id: string, from: number, to: number, values: object = {}) => ({
      space_id,
      title: 'Fado night',
      starts_at: at(from),
      ends_at: at(to),
      ...values,
    });
    const booked = async (values: object = {}) => made('/bookings', booking(await space(), 18, 23, values));

    describe('spaces and their calendar', () => {
      it('a venue keeps its spaces, each name once', async () => {
        const id = await space({ name: 'Balcony', kind: 'club', capacity: 120 });
        expect((await get(`/spaces/${id}`)).body.data).to.include({ venue_id, kind: 'club', capacity: 120 });
        const again = await post('/spaces', { venue_id, name: 'Balcony', kind: 'club', capacity: 1 });
        expect(refusal(again)).to.equal('409 conflict: the venue has a space of this name');
        expect(refusal(await drop(`/venues/${venue_id}`))).to.equal(
          '409 conflict: the venue has spaces: take those away first',
        );
      });

      it('a space is booked once at a time; one booking may begin as another ends', async () => {
        const [hall, club] = [await space(), await space()];
        const first = await made('/bookings', booking(hall, 18, 22));
        expect((await get(`/bookings/${first}`)).body.data).to.include({
          ...booking(hall, 18, 22),
          status: 'tentative',
        });
        for (const [from, to] of [
          [17, 19],
          [21, 23],
          [19, 20],
          [10, 23],
        ] as const) {
          expect(refusal(await post('/bookings', booking(hall, from, to)))).to.equal(
            '409 conflict: the space is booked at that time',
          );
        }
        await made('/bookings', booking(hall, 22, 23));
        await made('/bookings', booking(hall, 17, 18));
        await made('/bookings', booking(club, 18, 22));
      });

      it('a cancelled booking is in nobody’s way, and does not come back', async () => {
        const hall = await space();
        const id = await made('/bookings', booking(hall, 18, 22, { status: 'tentative' }));
        expect((await patch(`/bookings/${id}`, { status: 'confirmed' })).status).to.equal(200);
        expect((await patch(`/bookings/${id}`, { status: 'cancelled' })).status).to.equal(200);
        await made('/bookings', booking(hall, 18, 22));
        expect(refusal(await patch(`/bookings/${id}`, { status: 'confirmed' }))).to.equal(
          '409 conflict: status cancelled is final, not confirmed',
        );
      });

      it('a booking is not moved onto another', async () => {
        const hall = await space();
        await made('/bookings', booking(hall, 18, 22));
        const id = await made('/bookings', booking(hall, 10, 12));
        expect(refusal(await patch(`/bookings/${id}`, { ends_at: at(19) }))).to.equal(
          '409 conflict: the space is booked at that time',
        );
        expect((await patch(`/bookings/${id}`, { ends_at: at(18) })).status).to.equal(200);
        expect(refusal(await patch(`/bookings/${id}`, { ends_at: at(9) }))).to.equal(
          '400 validation_error: {"ends_at":"is before starts_at"}',
        );
        expect(refusal(await patch(`/bookings/${id}`, { ends_at: at(10) }))).to.equal(
          '400 validation_error: the booking ends as it starts',
        );
      });

      it('one of several bookings that come at once is made', async () => {
        const hall = await space();
        const hours = [16, 17, 18, 19, 20];
        const replies = await Promise.all(hours.map((from) => post('/bookings', booking(hall, from, 21))));
        const refused = replies.filter(({ status }) => status !== 201);
        expect(refused.map(refusal)).to.deep.equal(
          Array(4).fill('409 conflict: the space is booked at that time'),
        );
        expect((await get(`/bookings?space_id=${hall}`)).body.data).to.have.length(1);
      });

      it('no sequence of bookings leaves two in one space at one time', async () => {
        const wish = fc.record({
          from: fc.integer({ min: 0, max: 22 }),
          hours: fc.integer({ min: 1, max: 6 }),
        });
        await fc.assert(
          fc.asyncProperty(fc.array(wish, { minLength: 2, maxLength: 6 }), async (wishes) => {
            const hall = await space();
            const kept: [number, number][] = [];
            for (const { from, hours } of wishes) {
              const to = Math.min(from + hours, 23);
              const { status } = await post('/bookings', booking(hall, from, to));
              const free = kept.every(([start, end]) => to <= start || end <= from);
              expect(status).to.equal(free ? 201 : 409);
              if (free) kept.push([from, to]);
            }
          }),
          { numRuns: 15 },
        );
      });

      it('blocked time is not booked, and booked time not blocked, also when both come at once', async () => {
        const hall = await space();
        const blocked = { space_id: hall, starts_at: at(8), ends_at: at(12), kind: 'blocked' };
        const id = await made('/availability', blocked);
        expect(refusal(await post('/bookings', booking(hall, 11, 13)))).to.equal(
          '409 conflict: the space is blocked at that time',
        );
        expect(refusal(await post('/availability', { ...blocked, kind: 'open' }))).to.equal(
          '409 conflict: it overlaps with another entry of this space',
        );
        await made('/bookings', booking(hall, 12, 14));
        expect(refusal(await patch(`/availability/${id}`, { ends_at: at(13) }))).to.equal(
          '409 conflict: the space is booked at that time: cancel the booking first',
        );
        const race = await space();
        const replies = await Promise.all([
          post('/availability', { ...blocked, space_id: race }),
          post('/bookings', booking(race, 8, 12)),
        ]);
        expect(replies.map(({ status }) => status).sort()).to.deep.equal([201, 409]);
      });
    });

    describe('deals and contracts', () => {
      const deal = async (values: object = {}) =>
        made('/deals', {
          booking_id: await booked(),
          kind: 'guarantee',
          guarantee: '5000.00',
          currency: 'EUR',
          ...values,
        });
      const agreed = async () => {
        const id = await deal({ status: 'proposed' });
        expect((await patch(`/deals/${id}`, { status: 'agreed' })).status).to.equal(200);
        return id;
      };

      it('a deal has the terms of its kind, and stays as it was agreed', async () => {
        const booking_id = await booked();
        const split = { booking_id, kind: 'guarantee_and_split', currency: 'EUR' };
        expect(refusal(await post('/deals', split))).to.equal(
          '400 validation_error: {"guarantee":"is missing: the deal is a guarantee and split","split_percent":"is missing: the deal is a guarantee and split"}',
        );
        expect((await post('/deals', { ...split, split_percent: 101 })).status).to.equal(400);
        const id = await agreed();
        expect(refusal(await patch(`/deals/${id}`, { guarantee: '1' }))).to.equal(
          '409 conflict: an agreed deal does not change',
        );
        expect((await get(`/deals/${id}`)).body.data.guarantee).to.equal('5000.00');
      });

      it('a contract that was sent cannot be put on another deal that is not agreed', async () => {
        const id = await made('/contracts', { deal_id: await agreed(), title: 'Hire', status: 'sent' });
        expect(refusal(await patch(`/contracts/${id}`, { deal_id: await deal() }))).to.equal(
          '409 conflict: the deal is draft, not agreed',
        );
        expect((await patch(`/contracts/${id}`, { terms: 'Longer.' })).status).to.equal(200);
      });

      it('a contract goes from draft to signed, of an agreed deal, and is frozen then', async () => {
        const open_deal = await deal();
        const early = await made('/contracts', { deal_id: open_deal, title: 'Hire' });
        expect(refusal(await patch(`/contracts/${early}`, { status: 'sent' }))).to.equal(
          '409 conflict: the deal is draft, not agreed',
        );

        const deal_id = await agreed();
        const id = await made('/contracts', { deal_id, title: 'Hire', terms: 'As agreed.' });
        expect(refusal(await patch(`/contracts/${id}`, { status: 'signed' }))).to.equal(
          '409 conflict: status draft becomes sent or void, not signed',
        );
        expect((await patch(`/contracts/${id}`, { status: 'sent' })).status).to.equal(200);
        expect(refusal(await patch(`/contracts/${id}`, { status: 'signed', signed_by: 'Cleo' }))).to.equal(
          '400 validation_error: {"signed_on":"is missing: the contract is signed"}',
        );
        const signature = { status: 'signed', signed_by: 'Cleo', signed_on: '2027-05-01' };
        expect((await patch(`/contracts/${id}`, signature)).body.data).to.include(signature);
        expect(refusal(await patch(`/contracts/${id}`, { terms: 'Others.' }))).to.equal(
          '409 conflict: a signed contract does not change',
        );
        expect(refusal(await drop(`/contracts/${id}`))).to.equal(
          '409 conflict: a signed contract does not change',
        );
        expect(refusal(await post('/contracts', { deal_id, title: 'Another' }))).to.equal(
          '409 conflict: the deal has a contract: make that void first',
        );
        expect((await patch(`/contracts/${id}`, { status: 'void' })).status).to.equal(200);
        await made('/contracts', { deal_id, title: 'Another' });
      });

      it('an event of the venue happens within its booking', async () => {
        const booking_id = await booked();
        const event = { booking_id, name: 'Fado', starts_at: at(20), ends_at: at(22) };
        const id = await made('/events', { ...event, doors_at: at(19), expected_attendance: 300 });
        expect((await get(`/events/${id}`)).body.data).to.include({ ...event, status: 'planned' });
        const refused = [
          { ...event, doors_at: at(17) },
          { ...event, starts_at: at(17) },
          { ...event, ends_at: at(23, 19) },
          { ...event, doors_at: at(21) },
        ];
        const replies = await Promise.all(refused.map((body) => post('/events', body)));
        expect(replies.map(refusal)).to.deep.equal([
          '400 validation_error: {"doors_at":"is before the booking"}',
          '400 validation_error: {"starts_at":"is before the booking"}',
          '400 validation_error: {"ends_at":"is after the booking"}',
          '400 validation_error: {"starts_at":"is before doors_at"}',
        ]);
        expect(refusal(await drop(`/bookings/${booking_id}`))).to.equal(
          '409 conflict: the booking has an event: cancel it instead',
        );
        await patch(`/bookings/${booking_id}`, { status: 'cancelled' });
        expect(refusal(await post('/events', event))).to.equal('409 conflict: the booking is cancelled');
      });
    });

    describe('listings', () => {
      it('a listed venue is published to every company, in step with it, and gone when it is not', async () => {
        const id = await made('/venues', { ...HALL, city: 'Braga', listed: true });
        const listing = async () => (await get(`/venue_listings/${id}`, BLUENOTE)).body.data;
        expect(await listing()).to.include({ ...HALL, city: 'Braga', id, company_id: ACME });
        expect(await listing()).not.to.have.any.keys('address', 'listed');
        expect((await get('/venue_listings?city=Braga', BLUENOTE)).body.data).to.deep.equal([
          await listing(),
        ]);

        await patch(`/venues/${id}`, { name: 'Renamed', capacity: null });
        expect(await listing()).to.include({ name: 'Renamed', capacity: null });
        await patch(`/venues/${id}`, { listed: false });
        expect(await listing()).to.equal(undefined);
        await patch(`/venues/${id}`, { listed: true });
        expect(await listing()).to.include({ id, name: 'Renamed' });
        expect((await drop(`/venues/${id}`)).status).to.equal(204);
        expect(await listing()).to.equal(undefined);
      });

      it('an unlisted venue is not published, and its venue stays unseen', async () => {
        const id = await made('/venues', HALL);
        expect((await get(`/venue_listings/${id}`)).status).to.equal(404);
        const listed = await made('/venues', { ...HALL, listed: true });
        expect((await get(`/venues/${listed}`, BLUENOTE)).status).to.equal(404);
      });

      it('nobody writes a listing, its own company neither', async () => {
        const id = await made('/venues', { ...HALL, listed: true });
        for (const company of [ACME, BLUENOTE]) {
          const writes = await Promise.all([
            module.as(company).send('POST', '/venue_listings', HALL),
            module.as(company).send('PATCH', `/venue_listings/${id}`, { name: 'mine' }),
            module.as(company).send('DELETE', `/venue_listings/${id}`),
          ]);
          expect(writes.map(({ status }) => status)).to.deep.equal([404, 404, 404]);
        }
      });

      it('a venue that is refused leaves no listing behind', async () => {
        const id = await made('/venues', { ...HALL, listed: true });
        expect((await patch(`/venues/${id}`, { name: 'Later', capacity: 0 })).status).to.equal(400);
        expect((await get(`/venue_listings/${id}`)).body.data.name).to.equal(HALL.name);
      });
    });

    it('knows nothing of another company', async () => {
      const hall = await space();
      expect(refusal(await post('/bookings', booking(hall, 18, 22), BLUENOTE))).to.equal(
        '400 validation_error: {"space_id":"is no space of this company"}',
      );
      expect((await get(`/spaces/${hall}`, BLUENOTE)).status).to.equal(404);
      expect((await module.as(BLUENOTE).send('DELETE', `/venues/${venue_id}`)).status).to.equal(404);
    });
  });
}
