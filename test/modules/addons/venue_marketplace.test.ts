import { expect } from 'chai';
import marketplace from '../../../modules/addons/venue_marketplace/index.ts';
import { backend, type Backend } from '../support/backend.ts';
import { DATABASES } from '../support/both.ts';
import { ACME, BLUENOTE } from '../support/gateway-keys.ts';
import { json, refusal, stub, type Stub } from '../support/http.ts';

const SOLO = '33333333-3333-4333-8333-333333333333';
const HALL = 'eeeeeeee-0000-4000-8000-000000000001';
const OWN = 'eeeeeeee-0000-4000-8000-000000000002';
const GONE = 'eeeeeeee-0000-4000-8000-000000000003';
const LISTINGS = [
  { id: HALL, company_id: BLUENOTE, name: 'Blue Hall', city: 'Porto' },
  { id: OWN, company_id: ACME, name: 'Acme’s own', city: 'Porto' },
];
const REQUEST = {
  venue_listing_id: HALL,
  event_name: 'Fado night',
  starts_at: '2027-06-18T20:00:00.000Z',
  ends_at: '2027-06-18T23:00:00.000Z',
  expected_attendance: 300,
  budget: '8000.00',
  currency: 'EUR',
  message: 'Is it free?',
};
const OFFER = { amount: '7500.00', currency: 'EUR', valid_until: '2099-01-31', terms: 'Half in advance.' };

for (const [database, open] of DATABASES) {
  describe(`venue marketplace, on ${database}`, () => {
    let auth: Stub;
    let gateway: Stub;
    let module: Backend;

    before(async function () {
      this.timeout(120_000);
      const given = await open(this);
      auth = await stub((_path, response) =>
        json(response, 200, { success: true, data: { token: 'service', expiresIn: 300 } }),
      );
      gateway = await stub((path, response) => {
        const found = LISTINGS.find(({ id }) => path.endsWith(id));
        if (path.includes('?'))
          json(response, 200, { success: true, data: LISTINGS, page: { next: 'more' } });
        else if (found) json(response, 200, { success: true, data: found });
        else json(response, 404, { success: false, error: { code: 'not_found', message: '' } });
      });
      const host = {
        auth: { url: auth.url, issuer: 'https://auth.test', audience: 'kisum' },
        moduleSecret: 'secret',
        gatewayUrl: gateway.url,
      };
      module = await backend(marketplace, host, given);
    });
    after(() => Promise.all([module?.close(), auth?.close(), gateway?.close()]));

    const send = (company: string, method: string, path: string, body?: unknown) =>
      module.as(company).send(method, path, body);
    const request = async (values: object = {}): Promise<string> => {
      const reply = await send(ACME, 'POST', '/booking_requests', { ...REQUEST, ...values });
      expect(reply.status, JSON.stringify(reply.body)).to.equal(201);
      return `/booking_requests/${reply.body.data.id}`;
    };
    const sent = () => request({ status: 'sent' });
    const offer = async (at: string, values: object = {}): Promise<string> => {
      const body = { ...OFFER, booking_request_id: at.split('/').at(-1), ...values };
      const reply = await send(BLUENOTE, 'POST', '/offers', body);
      expect(reply.status, JSON.stringify(reply.body)).to.equal(201);
      return `/offers/${reply.body.data.id}`;
    };
    const statusOf = async (path: string, company = ACME) =>
      (await send(company, 'GET', path)).body.data.status as string;

    describe('a booking request', () => {
      it('goes to the company of the listing, which only the listing says', async () => {
        const { body } = await send(ACME, 'POST', '/booking_requests', REQUEST);
        expect(body.data).to.include({
          ...REQUEST,
          promoter_company_id: ACME,
          venue_company_id: BLUENOTE,
          status: 'draft',
          answer: null,
        });
        const claims = [
          { ...REQUEST, venue_company_id: SOLO },
          { ...REQUEST, promoter_company_id: BLUENOTE },
          { ...REQUEST, venue_listing_id: GONE },
          { ...REQUEST, venue_listing_id: OWN },
        ];
        const replies = [];
        for (const claim of claims) replies.push(await send(ACME, 'POST', '/booking_requests', claim));
        expect(replies.map(refusal)).to.deep.equal([
          '400 validation_error: {"venue_company_id":"is unknown"}',
          '400 validation_error: {"promoter_company_id":"is unknown"}',
          '400 validation_error: {"venue_listing_id":"is no venue listing of this company"}',
          '400 validation_error: both sides of it would be this company',
        ]);
      });

      it('keeps its listing and its companies', async () => {
        const path = await request();
        for (const values of [
          { venue_listing_id: HALL },
          { venue_company_id: SOLO },
          { promoter_company_id: SOLO },
        ]) {
          const reply = await send(ACME, 'PATCH', path, values);
          expect(refusal(reply)).to.match(/^400 .*is unknown/);
        }
      });

      it('is the promoter’s alone as a draft, then both sides’, and nobody else’s', async () => {
        const path = await request();
        expect((await send(ACME, 'PATCH', path, { message: 'Well?' })).body.data.message).to.equal('Well?');
        expect((await send(BLUENOTE, 'GET', path)).status).to.equal(404);
        expect((await send(BLUENOTE, 'PATCH', path, { status: 'declined' })).status).to.equal(404);
        await send(ACME, 'PATCH', path, { status: 'sent' });
        const [mine, theirs, others] = await Promise.all(
          [ACME, BLUENOTE, SOLO].map((company) => send(company, 'GET', path)),
        );
        expect(theirs?.body).to.deep.equal(mine?.body);
        expect(others?.status).to.equal(404);
        expect((await send(SOLO, 'PATCH', path, { status: 'accepted' })).status).to.equal(404);
        expect((await send(SOLO, 'DELETE', path)).status).to.equal(404);
        const lists = await Promise.all(
          [ACME, BLUENOTE, SOLO].map((company) => send(company, 'GET', '/booking_requests?limit=100')),
        );
        const has = lists.map(({ body }) => body.data.some((row: { id: string }) => path.endsWith(row.id)));
        expect(has).to.deep.equal([true, true, false]);
      });

      it('is answered by the venue’s side, and by no other', async () => {
        const path = await sent();
        expect(refusal(await send(ACME, 'PATCH', path, { status: 'accepted' }))).to.equal(
          '403 forbidden: the booking request is for the other side to answer',
        );
        expect(refusal(await send(ACME, 'PATCH', path, { answer: 'Yes!' }))).to.match(/^403 /);
        const refused = [
          { status: 'withdrawn' },
          { event_name: 'Mine' },
          { status: 'accepted', budget: '1' },
        ];
        for (const body of refused) {
          expect(refusal(await send(BLUENOTE, 'PATCH', path, body))).to.equal(
            "403 forbidden: the booking request is not this side's to change",
          );
        }
        expect((await send(BLUENOTE, 'DELETE', path)).status).to.equal(403);
        const answered = await send(BLUENOTE, 'PATCH', path, { status: 'accepted', answer: 'With pleasure' });
        expect(answered.body.data).to.include({ status: 'accepted', answer: 'With pleasure' });
        expect(await statusOf(path)).to.equal('accepted');
        expect(refusal(await send(BLUENOTE, 'PATCH', path, { answer: 'Or not' }))).to.equal(
          '409 conflict: the booking request is accepted',
        );
        expect(refusal(await send(BLUENOTE, 'PATCH', path, { status: 'declined' }))).to.equal(
          '409 conflict: status accepted is final, not declined',
        );
      });

      it('keeps its terms from the moment it is sent', async () => {
        const path = await sent();
        expect(refusal(await send(ACME, 'PATCH', path, { budget: '1' }))).to.equal(
          '409 conflict: the booking request was sent: its terms stay',
        );
        expect((await send(ACME, 'DELETE', path)).status).to.equal(409);
        await send(BLUENOTE, 'PATCH', path, { status: 'accepted' });
        expect((await send(ACME, 'PATCH', path, { budget: '1' })).status).to.equal(409);
        expect((await send(ACME, 'DELETE', path)).status).to.equal(409);
        expect((await send(ACME, 'GET', path)).body.data.budget).to.equal(REQUEST.budget);
      });

      it('is withdrawn by the promoter while it is open, and deleted as a draft', async () => {
        const path = await sent();
        expect((await send(ACME, 'PATCH', path, { status: 'withdrawn' })).status).to.equal(200);
        expect((await send(BLUENOTE, 'PATCH', path, { status: 'accepted' })).status).to.equal(409);
        const draft = await request();
        expect((await send(ACME, 'DELETE', draft)).status).to.equal(204);
      });

      it('wants a currency beside a budget, and an end after its start', async () => {
        const replies = [
          await send(ACME, 'POST', '/booking_requests', { ...REQUEST, currency: null }),
          await send(ACME, 'POST', '/booking_requests', { ...REQUEST, ends_at: '2027-06-18T19:00:00Z' }),
        ];
        expect(replies.map(refusal)).to.deep.equal([
          '400 validation_error: a budget needs its currency',
          '400 validation_error: {"ends_at":"is before starts_at"}',
        ]);
      });
    });

    describe('an offer', () => {
      it('is made by the venue’s side of a request that was sent', async () => {
        const at = await sent();
        const { body } = await send(BLUENOTE, 'POST', '/offers', {
          ...OFFER,
          booking_request_id: at.split('/').at(-1),
        });
        expect(body.data).to.include({
          ...OFFER,
          venue_company_id: BLUENOTE,
          promoter_company_id: ACME,
          status: 'draft',
        });
        const make = (company: string, path: string, values: object = {}) =>
          send(company, 'POST', '/offers', {
            ...OFFER,
            booking_request_id: path.split('/').at(-1),
            ...values,
          });
        const declined = await sent();
        await send(BLUENOTE, 'PATCH', declined, { status: 'declined' });
        const replies = [
          await make(ACME, at),
          await make(SOLO, at),
          await make(BLUENOTE, await request()),
          await make(BLUENOTE, declined),
          await make(BLUENOTE, at, { promoter_company_id: SOLO }),
        ];
        expect(replies.map(refusal)).to.deep.equal([
          '400 validation_error: both sides of it would be this company',
          '400 validation_error: {"booking_request_id":"is no booking request of this company"}',
          '400 validation_error: {"booking_request_id":"is no booking request of this company"}',
          '409 conflict: the booking request is declined',
          '400 validation_error: {"promoter_company_id":"is unknown"}',
        ]);
      });

      it('is the venue’s alone as a draft, and then for the promoter to answer', async () => {
        const path = await offer(await sent());
        expect((await send(ACME, 'GET', path)).status).to.equal(404);
        expect((await send(BLUENOTE, 'PATCH', path, { amount: '7000', status: 'sent' })).status).to.equal(
          200,
        );
        expect((await send(ACME, 'GET', path)).body.data.amount).to.equal('7000.00');
        expect((await send(SOLO, 'GET', path)).status).to.equal(404);
        expect((await send(BLUENOTE, 'PATCH', path, { status: 'accepted' })).status).to.equal(403);
        expect((await send(ACME, 'PATCH', path, { amount: '1' })).status).to.equal(403);
        expect((await send(ACME, 'PATCH', path, { status: 'withdrawn' })).status).to.equal(403);
        expect((await send(BLUENOTE, 'PATCH', path, { amount: '9000' })).status).to.equal(409);
      });

      it('settles its request when it is accepted, and stays as it was', async () => {
        const at = await sent();
        const [path, other] = [await offer(at, { status: 'sent' }), await offer(at, { status: 'sent' })];
        expect((await send(ACME, 'PATCH', path, { status: 'accepted' })).status).to.equal(200);
        expect(await statusOf(at, BLUENOTE)).to.equal('accepted');
        expect(refusal(await send(ACME, 'PATCH', other, { status: 'accepted' }))).to.equal(
          '409 conflict: the booking request is accepted',
        );
        expect((await send(ACME, 'PATCH', other, { status: 'declined' })).status).to.equal(200);
        expect((await send(BLUENOTE, 'PATCH', path, { terms: 'Others.' })).status).to.equal(409);
        expect((await send(BLUENOTE, 'DELETE', path)).status).to.equal(409);
        expect((await send(ACME, 'GET', path)).body.data.terms).to.equal(OFFER.terms);
      });

      it('is accepted once, however many answers come at once', async () => {
        const at = await sent();
        const paths = [await offer(at, { status: 'sent' }), await offer(at, { status: 'sent' })];
        const answers = [
          ...paths.map((path) => send(ACME, 'PATCH', path, { status: 'accepted' })),
          send(BLUENOTE, 'PATCH', at, { status: 'declined' }),
        ];
        const statuses = (await Promise.all(answers)).map(({ status }) => status);
        expect(statuses.sort()).to.deep.equal([200, 409, 409]);
        const ends = await Promise.all(paths.map((path) => statusOf(path)));
        const accepted = ends.filter((end) => end === 'accepted').length;
        expect(await statusOf(at)).to.equal(accepted === 1 ? 'accepted' : 'declined');
      });

      it('is not accepted after its last day, nor of a request that was withdrawn', async () => {
        const at = await sent();
        const late = await offer(at, { status: 'sent', valid_until: '2020-01-31' });
        expect(refusal(await send(ACME, 'PATCH', late, { status: 'accepted' }))).to.equal(
          '409 conflict: the offer was valid until 2020-01-31',
        );
        const path = await offer(at, { status: 'sent' });
        await send(ACME, 'PATCH', at, { status: 'withdrawn' });
        expect(refusal(await send(ACME, 'PATCH', path, { status: 'accepted' }))).to.equal(
          '409 conflict: the booking request is withdrawn',
        );
        expect((await send(BLUENOTE, 'PATCH', path, { status: 'withdrawn' })).status).to.equal(200);
      });
    });

    it('shows what venues publish, page by page, as their owner tells it', async () => {
      gateway.requests.splice(0);
      const { status, body } = await send(ACME, 'GET', '/venue_listings?city=Porto&limit=2&cursor=abc&x=y');
      expect([status, body]).to.deep.equal([200, { success: true, data: LISTINGS, page: { next: 'more' } }]);
      const [asked] = gateway.requests;
      expect(asked?.path).to.equal('/api/venue/venue_listings?city=Porto&cursor=abc&limit=2');
      expect((await send(ACME, 'GET', '/venue_listings?limit=0')).status).to.equal(400);
    });
  });
}
