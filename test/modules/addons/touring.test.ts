import { expect } from 'chai';
import touring from '../../../modules/addons/touring/index.ts';
import { backend, type Backend } from '../support/backend.ts';
import { ACME, BLUENOTE } from '../support/gateway-keys.ts';
import { json, refusal, stub, type Stub } from '../support/http.ts';

const EVENT = 'eeeeeeee-0000-4000-8000-000000000001';
const ARTIST = 'eeeeeeee-0000-4000-8000-000000000002';
const GONE = 'eeeeeeee-0000-4000-8000-000000000003';
const TOUR = { name: 'Tides', artist_name: 'Nina Vale', from_date: '2027-06-01', to_date: '2027-06-30' };

describe('touring', () => {
  let auth: Stub;
  let gateway: Stub;
  let module: Backend;

  before(async function () {
    this.timeout(120_000);
    auth = await stub((_path, response) =>
      json(response, 200, { success: true, data: { token: 'service', expiresIn: 300 } }),
    );
    gateway = await stub((path, response) =>
      [EVENT, ARTIST].some((id) => path.endsWith(id))
        ? json(response, 200, { success: true, data: { id: path.split('/').at(-1) } })
        : json(response, 404, { success: false, error: { code: 'not_found', message: '' } }),
    );
    module = await backend(touring, {
      auth: { url: auth.url, issuer: 'https://auth.test', audience: 'kisum' },
      moduleSecret: 'secret',
      gatewayUrl: gateway.url,
    });
  });
  after(() => Promise.all([module.close(), auth.close(), gateway.close()]));
  beforeEach(() => void gateway.requests.splice(0));

  const post = (path: string, body: unknown, company = ACME) => module.as(company).send('POST', path, body);
  const patch = (path: string, body: unknown) => module.acme.send('PATCH', path, body);
  const tour = async (values: object = {}): Promise<string> =>
    (await post('/tours', { ...TOUR, ...values })).body.data.id;
  const leg = (tour_id: string, number: number, travel_date: string) => ({
    tour_id,
    leg: number,
    from_city: 'Porto',
    to_city: 'Lisboa',
    travel_date,
    distance_km: 313,
    mode: 'road',
  });

  it('keeps tours, from planned to completed', async () => {
    const created = await post('/tours', TOUR);
    expect(created.status).to.equal(201);
    expect(created.body.data).to.include({ ...TOUR, status: 'planned', artist_id: null });
    const { id } = created.body.data;
    expect(refusal(await patch(`/tours/${id}`, { status: 'completed' }))).to.equal(
      '409 conflict: status planned becomes confirmed or cancelled, not completed',
    );
    expect((await patch(`/tours/${id}`, { status: 'confirmed' })).body.data.status).to.equal('confirmed');
    expect(refusal(await patch(`/tours/${id}`, { to_date: '2027-05-01' }))).to.equal(
      '400 validation_error: {"to_date":"is before from_date"}',
    );
    const listed = await module.acme.send('GET', '/tours?status=confirmed&artist_name=Nina%20Vale');
    expect(listed.body.data.map((row: { id: string }) => row.id)).to.deep.equal([id]);
  });

  it('has each leg of a tour once, on a day of the tour', async () => {
    const tour_id = await tour();
    const first = await post('/routings', leg(tour_id, 1, '2027-06-01'));
    expect(first.body.data).to.include(leg(tour_id, 1, '2027-06-01'));
    expect(refusal(await post('/routings', leg(tour_id, 1, '2027-06-02')))).to.equal(
      '409 conflict: the tour has a leg of this number',
    );
    expect((await post('/routings', leg(await tour(), 1, '2027-06-02'))).status).to.equal(201);
    const second = await post('/routings', leg(tour_id, 2, '2027-06-30'));
    expect((await patch(`/routings/${second.body.data.id}`, { leg: 1 })).status).to.equal(409);
    expect(refusal(await post('/routings', leg(tour_id, 3, '2027-07-01')))).to.equal(
      '400 validation_error: {"travel_date":"is outside the tour: 2027-06-01 to 2027-06-30"}',
    );
    expect((await post('/routings', { ...leg(tour_id, 0, '2027-06-03') })).status).to.equal(400);
  });

  it('lets two that come at once have one leg', async () => {
    const tour_id = await tour();
    const replies = await Promise.all([1, 2].map(() => post('/routings', leg(tour_id, 1, '2027-06-05'))));
    expect(replies.map(({ status }) => status).sort()).to.deep.equal([201, 409]);
  });

  it('does not leave legs and days outside when a tour gets other dates', async () => {
    const id = await tour();
    await post('/routings', leg(id, 1, '2027-06-02'));
    await post('/schedules', { tour_id: id, date: '2027-06-20', kind: 'press' });
    const replies = [
      await patch(`/tours/${id}`, { from_date: '2027-06-03' }),
      await patch(`/tours/${id}`, { to_date: '2027-06-19' }),
      await patch(`/tours/${id}`, { from_date: '2027-06-02', to_date: '2027-06-20' }),
      await module.acme.send('DELETE', `/tours/${id}`),
    ];
    expect(replies.slice(0, 2).concat(replies.slice(3)).map(refusal)).to.deep.equal([
      '409 conflict: the tour has a routing outside these dates: move that first',
      '409 conflict: the tour has a schedule outside these dates: move that first',
      '409 conflict: the tour has legs: take those away first',
    ]);
    expect(replies[2]?.status).to.equal(200);
  });

  it('names artist and event only where their owners have them, and copies neither', async () => {
    const tour_id = await tour({ artist_id: ARTIST });
    const show = { tour_id, date: '2027-06-18', kind: 'show', starts_at: '2027-06-18T20:00:00.000Z' };
    const created = await post('/schedules', { ...show, event_id: EVENT });
    expect(created.body.data).to.include({ ...show, event_id: EVENT, ends_at: null });
    expect(gateway.requests.map(({ path }) => path)).to.deep.equal([
      `/api/artist/artists/${ARTIST}`,
      `/api/promoter/events/${EVENT}`,
    ]);
    const replies = [
      await post('/tours', { ...TOUR, artist_id: GONE }),
      await post('/schedules', { ...show, event_id: GONE }),
      await post('/schedules', { ...show, kind: 'travel', event_id: EVENT }),
      await patch(`/schedules/${created.body.data.id}`, { kind: 'day_off' }),
    ];
    expect(replies.map(refusal)).to.deep.equal([
      '400 validation_error: {"artist_id":"is no artist of this company"}',
      '400 validation_error: {"event_id":"is no event of this company"}',
      '400 validation_error: {"event_id":"does not belong to a day of kind travel"}',
      '400 validation_error: {"event_id":"does not belong to a day of kind day_off"}',
    ]);
  });

  it('knows nothing of another company', async () => {
    const theirs = (await post('/tours', TOUR, BLUENOTE)).body.data.id as string;
    expect((await module.acme.send('GET', `/tours/${theirs}`)).status).to.equal(404);
    expect(refusal(await post('/routings', leg(theirs, 1, '2027-06-02')))).to.equal(
      '400 validation_error: {"tour_id":"is no tour of this company"}',
    );
  });
});
