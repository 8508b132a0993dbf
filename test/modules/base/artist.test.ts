import { expect } from 'chai';
import artist from '../../../modules/base/artist/index.ts';
import { backend, type Backend } from '../support/backend.ts';
import { DATABASES } from '../support/both.ts';
import { ACME, BLUENOTE } from '../support/gateway-keys.ts';
import { refusal } from '../support/http.ts';

const NINA = {
  stage_name: 'Nina Vale',
  genre: 'soul',
  country: 'Portugal',
  bio: 'Sings.',
  booking_fee: '12500.00',
  currency: 'EUR',
  contact_email: 'booking@nina.example',
};

for (const [database, open] of DATABASES) {
  describe(`artist, on ${database}`, () => {
    let module: Backend;
    let count = 0;

    before(async function () {
      this.timeout(120_000);
      module = await backend(artist, {}, await open(this));
    });
    after(() => module?.close());

    const post = (path: string, body: unknown, company = ACME) => module.as(company).send('POST', path, body);
    const patch = (path: string, body: unknown) => module.acme.send('PATCH', path, body);
    const artistOf = async (company = ACME) =>
      (await post('/artists', { ...NINA, stage_name: `Artist ${++count}` }, company)).body.data.id as string;
    const entry = (artist_id: string, from_date: string, to_date: string, kind = 'unavailable') => ({
      artist_id,
      from_date,
      to_date,
      kind,
    });

    it('keeps a directory of artists', async () => {
      const created = await post('/artists', NINA);
      expect(created.status).to.equal(201);
      expect(created.body.data).to.include({ ...NINA, status: 'active', company_id: ACME });
      const { id } = created.body.data;
      const changed = await patch(`/artists/${id}`, { status: 'on_hiatus', booking_fee: '9000.50' });
      expect(changed.body.data).to.include({ status: 'on_hiatus', booking_fee: '9000.50', genre: 'soul' });
      const listed = await module.acme.send('GET', '/artists?genre=soul&status=on_hiatus');
      expect(listed.body.data).to.deep.equal([changed.body.data]);
      expect((await module.acme.send('DELETE', `/artists/${id}`)).status).to.equal(204);
    });

    it('has an artist’s name once, however it is written, and another company may have it too', async () => {
      expect((await post('/artists', { ...NINA, stage_name: 'The Tide' })).status).to.equal(201);
      expect(refusal(await post('/artists', { ...NINA, stage_name: 'THE TIDE' }))).to.equal(
        '409 conflict: the directory has an artist of this name',
      );
      expect((await post('/artists', { ...NINA, stage_name: 'The Tide' }, BLUENOTE)).status).to.equal(201);
    });

    it('wants a currency beside a fee, and lets nobody retired return', async () => {
      expect(refusal(await post('/artists', { ...NINA, currency: null }))).to.equal(
        '400 validation_error: a booking fee needs its currency',
      );
      const id = await artistOf();
      await patch(`/artists/${id}`, { status: 'retired' });
      expect(refusal(await patch(`/artists/${id}`, { status: 'active' }))).to.equal(
        '409 conflict: status retired is final, not active',
      );
    });

    it('keeps an artist that a roster or a calendar names', async () => {
      const id = await artistOf();
      const { body } = await post('/availability', entry(id, '2027-01-01', '2027-01-02'));
      expect(refusal(await module.acme.send('DELETE', `/artists/${id}`))).to.equal(
        '409 conflict: the artist has entries in the calendar: take those away first',
      );
      await module.acme.send('DELETE', `/availability/${body.data.id}`);
      expect((await module.acme.send('DELETE', `/artists/${id}`)).status).to.equal(204);
    });

    it('has an artist on a roster once at a time', async () => {
      const artist_id = await artistOf();
      const place = { name: 'Summer', artist_id, role: 'headliner', from_date: '2027-06-01' };
      const first = await post('/rosters', { ...place, to_date: '2027-08-31' });
      expect(first.body.data).to.include({ ...place, to_date: '2027-08-31', status: 'proposed' });
      expect(refusal(await post('/rosters', { ...place, name: 'SUMMER', from_date: '2027-08-31' }))).to.equal(
        '409 conflict: the artist is on this roster already in that period',
      );
      expect((await post('/rosters', { ...place, name: 'Winter' })).status).to.equal(201);
      await patch(`/rosters/${first.body.data.id}`, { status: 'ended' });
      expect((await post('/rosters', place)).status).to.equal(201);
      expect(refusal(await post('/rosters', { ...place, to_date: '2027-05-31' }))).to.equal(
        '400 validation_error: {"to_date":"is before from_date"}',
      );
    });

    it('has no two entries of an artist in one time', async () => {
      const [nina, other] = [await artistOf(), await artistOf()];
      const first = await post('/availability', entry(nina, '2027-06-10', '2027-06-12'));
      expect(first.body.data).to.include(entry(nina, '2027-06-10', '2027-06-12'));
      for (const [from, to] of [
        ['2027-06-12', '2027-06-20'],
        ['2027-06-01', '2027-06-10'],
        ['2027-06-11', '2027-06-11'],
      ] as const) {
        expect(refusal(await post('/availability', entry(nina, from, to)))).to.equal(
          '409 conflict: it overlaps with another entry of this artist',
        );
      }
      const next = await post('/availability', entry(nina, '2027-06-13', '2027-06-13', 'available'));
      expect(next.status).to.equal(201);
      expect((await post('/availability', entry(other, '2027-06-11', '2027-06-11'))).status).to.equal(201);
      expect(
        refusal(await patch(`/availability/${next.body.data.id}`, { from_date: '2027-06-12' })),
      ).to.match(/^409 /);
      const itself = await patch(`/availability/${first.body.data.id}`, { from_date: '2027-06-11' });
      expect(itself.body.data).to.include({ from_date: '2027-06-11', to_date: '2027-06-12' });
    });

    it('lets one of several overlapping entries in that come at once', async () => {
      const artist_id = await artistOf();
      const days = ['2027-03-01', '2027-03-02', '2027-03-03', '2027-03-04'];
      const replies = await Promise.all(
        days.map((day) => post('/availability', entry(artist_id, day, '2027-03-05'))),
      );
      const refused = replies.filter(({ status }) => status !== 201);
      expect(refused.map(refusal)).to.deep.equal(
        Array(3).fill('409 conflict: it overlaps with another entry of this artist'),
      );
    });

    it('knows neither rows nor artists of another company', async () => {
      const theirs = await artistOf(BLUENOTE);
      expect((await module.acme.send('GET', `/artists/${theirs}`)).status).to.equal(404);
      expect((await patch(`/artists/${theirs}`, { genre: 'jazz' })).status).to.equal(404);
      const refused = await post('/availability', entry(theirs, '2027-06-10', '2027-06-12'));
      expect(refusal(refused)).to.equal('400 validation_error: {"artist_id":"is no artist of this company"}');
    });
  });
}
