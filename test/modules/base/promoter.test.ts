import { expect } from 'chai';
import fc from 'fast-check';
import promoter from '../../../modules/base/promoter/index.ts';
import { backend, type Backend } from '../support/backend.ts';
import { ACME, BLUENOTE } from '../support/gateway-keys.ts';

const NIGHT = { name: 'Night of Fado', starts_at: '2026-05-01T20:00:00Z' };
const CAROL = '55555555-5555-4555-8555-555555555555';

describe('promoter', () => {
  let module: Backend;

  before(async function () {
    this.timeout(120_000);
    module = await backend(promoter);
  });
  after(() => module.close());

  const create = async (body: unknown = NIGHT, company = ACME) =>
    (await module.as(company).send('POST', '/events', body)).body.data;

  it('creates an event, and gives it back by its location', async () => {
    const body = {
      ...NIGHT,
      ends_at: '2026-05-01T23:00:00+01:00',
      venue_name: 'Sala',
      city: 'Porto',
      capacity: 300,
    };
    const created = await module.acme.send('POST', '/events', body);
    expect(created.status).to.equal(201);
    expect(created.body.success).to.equal(true);
    expect(created.body.data).to.include({
      company_id: ACME,
      name: 'Night of Fado',
      status: 'draft',
      starts_at: '2026-05-01T20:00:00.000Z',
      ends_at: '2026-05-01T22:00:00.000Z',
      capacity: 300,
    });
    expect(created.headers['location']).to.equal(`/api/promoter/events/${created.body.data.id}`);
    const { status, body: read } = await module.acme.send('GET', `/events/${created.body.data.id}`);
    expect(status).to.equal(200);
    expect(read).to.deep.equal(created.body);
  });

  it('keeps what people ask of an evening', async () => {
    const details = {
      description: 'Three voices, one guitar.',
      doors_at: '2026-05-01T19:00:00.000Z',
      country: 'Portugal',
      age_limit: 16,
    };
    expect(await create({ ...NIGHT, ...details })).to.include(details);
    const late = await module.acme.send('POST', '/events', { ...NIGHT, doors_at: '2026-05-01T21:00:00Z' });
    expect(late.body.error.fields).to.deep.equal({ starts_at: 'is before doors_at' });
  });

  it('changes what is named and leaves the rest', async () => {
    const { id } = await create({ ...NIGHT, city: 'Porto' });
    const { status, body } = await module.acme.send('PATCH', `/events/${id}`, {
      status: 'announced',
      city: null,
    });
    expect(status).to.equal(200);
    expect(body.data).to.include({ name: NIGHT.name, status: 'announced', city: null });
  });

  it('deletes for good', async () => {
    const { id } = await create();
    const { status, body } = await module.acme.send('DELETE', `/events/${id}`);
    expect([status, body]).to.deep.equal([204, undefined]);
    for (const method of ['GET', 'DELETE']) {
      expect((await module.acme.send(method, `/events/${id}`)).status).to.equal(404);
    }
    expect((await module.acme.send('PATCH', `/events/${id}`, { name: 'x' })).status).to.equal(404);
  });

  it('knows no event of another company', async () => {
    const { id } = await create(NIGHT, BLUENOTE);
    const requests: [string, unknown?][] = [['GET'], ['PATCH', { name: 'mine' }], ['DELETE']];
    for (const [method, body] of requests) {
      const reply = await module.acme.send(method, `/events/${id}`, body);
      expect(reply.status, method).to.equal(404);
      expect(reply.body.error).to.include({ code: 'not_found', message: 'not found' });
    }
    const listed = await module.acme.send('GET', '/events?limit=100');
    expect(listed.body.data.map((event: { company_id: string }) => event.company_id)).not.to.include(
      BLUENOTE,
    );
    expect((await module.as(BLUENOTE).send('GET', `/events/${id}`)).body.data.name).to.equal(NIGHT.name);
  });

  it('takes no company from the body', async () => {
    const { status, body } = await module.acme.send('POST', '/events', {
      ...NIGHT,
      company_id: BLUENOTE,
      id: CAROL,
    });
    expect(status).to.equal(400);
    expect(body.error.fields).to.deep.equal({ company_id: 'is unknown', id: 'is unknown' });
  });

  const invalid: [string, object, string][] = [
    ['no name', { starts_at: NIGHT.starts_at }, 'name'],
    ['a blank name', { ...NIGHT, name: ' ' }, 'name'],
    ['a NUL', { ...NIGHT, name: 'a\0b' }, 'name'],
    ['a long name', { ...NIGHT, name: 'a'.repeat(201) }, 'name'],
    ['an unknown status', { ...NIGHT, status: 'sold' }, 'status'],
    ['a day that is none', { ...NIGHT, starts_at: '2026-02-30T20:00:00Z' }, 'starts_at'],
    ['a time without a zone', { ...NIGHT, starts_at: '2026-05-01T20:00:00' }, 'starts_at'],
    ['an end before its start', { ...NIGHT, ends_at: '2026-04-30T20:00:00Z' }, 'ends_at'],
    ['half a seat', { ...NIGHT, capacity: 0.5 }, 'capacity'],
    ['a status of null', { ...NIGHT, status: null }, 'status'],
  ];
  for (const [what, body, field] of invalid) {
    it(`refuses ${what}`, async () => {
      const reply = await module.acme.send('POST', '/events', body);
      expect(reply.status).to.equal(400);
      expect(reply.body.error).to.have.property('code', 'validation_error');
      expect(Object.keys(reply.body.error.fields)).to.deep.equal([field]);
    });
  }

  it('refuses a moment the database cannot keep, and an end moved before its start', async () => {
    const ancient = await module.acme.send('POST', '/events', {
      ...NIGHT,
      starts_at: '0000-01-01T00:00:00Z',
    });
    expect(ancient.status).to.equal(400);
    const { id } = await create({ ...NIGHT, ends_at: '2026-05-02T00:00:00Z' });
    const moved = await module.acme.send('PATCH', `/events/${id}`, { starts_at: '2026-05-03T00:00:00Z' });
    expect(moved.body.error.fields).to.deep.equal({ ends_at: 'is before starts_at' });
    expect((await module.acme.send('PATCH', `/events/${id}`, {})).status).to.equal(400);
  });

  it('lists page by page, newest first, each event once, whatever the page’s size', async () => {
    const own = module.as(CAROL);
    for (let n = 1; n <= 7; n++) await create({ ...NIGHT, name: `${n}` }, CAROL);
    const walk = async (limit: number): Promise<string[]> => {
      const names: string[] = [];
      let next: string | null = '';
      while (next !== null) {
        const { body } = await own.send('GET', `/events?limit=${limit}${next && `&cursor=${next}`}`);
        expect(body.data).to.have.length.most(limit);
        names.push(...body.data.map(({ name }: { name: string }) => name));
        next = body.page.next;
      }
      return names;
    };
    const whole = await walk(100);
    expect(whole).to.have.members(['1', '2', '3', '4', '5', '6', '7']);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 8 }), async (limit) => {
        expect(await walk(limit)).to.deep.equal(whole);
      }),
      { numRuns: 8 },
    );
  });

  it('narrows a list by its filters, and refuses limits, cursors and values that are none', async () => {
    const name = 'in Lisbon';
    await create({ ...NIGHT, name, city: 'Lisbon' });
    const found = await module.acme.send('GET', '/events?city=Lisbon&status=draft');
    expect(found.body.data.map((event: { name: string }) => event.name)).to.deep.equal([name]);
    expect(found.body.page).to.deep.equal({ next: null });
    expect((await module.acme.send('GET', '/events?city=Lisbon&status=on_sale')).body.data).to.deep.equal([]);
    const wrong = [
      'limit=0',
      'limit=101',
      'limit=ten',
      'status=sold',
      'cursor=x',
      'city=a&city=b',
      'city=%00',
    ];
    for (const query of wrong) {
      expect((await module.acme.send('GET', `/events?${query}`)).status, query).to.equal(400);
    }
    const forged = Buffer.from("2026-01-01T00:00:00.000Z ' or true").toString('base64url');
    expect((await module.acme.send('GET', `/events?cursor=${forged}`)).status).to.equal(400);
  });
});
