import { expect } from 'chai';
import finance from '../../../modules/addons/finance/index.ts';
import { backend, type Backend } from '../support/backend.ts';
import { ACME, BLUENOTE } from '../support/gateway-keys.ts';
import { json, refusal, stub, type Stub } from '../support/http.ts';

const EVENT = 'eeeeeeee-0000-4000-8000-000000000001';
const GONE = 'eeeeeeee-0000-4000-8000-000000000002';
const EXPENSE = {
  amount: '1200.50',
  currency: 'EUR',
  date: '2026-05-01',
  category: 'catering',
  unit: 'main',
};
const SETTLEMENT = { event_id: EVENT, currency: 'EUR', gross: '1000.10', costs: '1200.40' };

describe('finance', () => {
  let auth: Stub;
  let gateway: Stub;
  let module: Backend;

  before(async function () {
    this.timeout(120_000);
    auth = await stub((_path, response) =>
      json(response, 200, { success: true, data: { token: 'service', expiresIn: 300 } }),
    );
    gateway = await stub(() => undefined);
    module = await backend(finance, {
      auth: { url: auth.url, issuer: 'https://auth.test', audience: 'kisum' },
      moduleSecret: 'secret',
      gatewayUrl: gateway.url,
    });
  });
  after(() => Promise.all([module.close(), auth.close(), gateway.close()]));
  beforeEach(() => {
    gateway.requests.splice(0);
    gateway.answer = (path, response) =>
      path.endsWith(EVENT)
        ? json(response, 200, { success: true, data: { id: EVENT, name: 'Night' } })
        : json(response, 404, { success: false, error: { code: 'not_found', message: '' } });
  });

  const create = async (path: string, body: unknown) =>
    (await module.acme.send('POST', path, body)).body.data;

  it('keeps expenses, income and settlements, money to the cent', async () => {
    const expense = await module.acme.send('POST', '/expenses', {
      ...EXPENSE,
      payee: 'Cook & Co',
      note: null,
    });
    expect(expense.status).to.equal(201);
    expect(expense.body.data).to.include({
      ...EXPENSE,
      status: 'draft',
      payee: 'Cook & Co',
      note: null,
      event_id: null,
    });
    const big = await create('/expenses', { ...EXPENSE, amount: '999999999999.99' });
    expect(big.amount).to.equal('999999999999.99');
    expect(
      await create('/income', {
        amount: '5',
        currency: 'EUR',
        date: '2026-05-01',
        source: 'tickets',
        unit: 'main',
      }),
    ).to.include({
      source: 'tickets',
      status: 'expected',
    });
    expect(await create('/settlements', SETTLEMENT)).to.include({
      ...SETTLEMENT,
      net: '-200.30',
      status: 'open',
    });
  });

  it('changes, narrows and deletes expenses', async () => {
    const { id } = await create('/expenses', { ...EXPENSE, category: 'lights', date: '2026-06-02' });
    const changed = await module.acme.send('PATCH', `/expenses/${id}`, { status: 'submitted', amount: '7' });
    expect(changed.body.data).to.include({ id, status: 'submitted', amount: '7.00', date: '2026-06-02' });
    const listed = await module.acme.send(
      'GET',
      '/expenses?category=lights&status=submitted&date=2026-06-02',
    );
    expect(listed.body).to.deep.equal({ success: true, data: [changed.body.data], page: { next: null } });
    expect((await module.acme.send('DELETE', `/expenses/${id}`)).status).to.equal(204);
    expect((await module.acme.send('GET', `/expenses/${id}`)).status).to.equal(404);
  });

  it('knows nothing of another company', async () => {
    for (const path of ['/expenses', '/settlements']) {
      const body = path === '/expenses' ? EXPENSE : SETTLEMENT;
      const { id } = (await module.as(BLUENOTE).send('POST', path, body)).body.data;
      expect((await module.acme.send('GET', `${path}/${id}`)).status).to.equal(404);
      expect((await module.acme.send('DELETE', `${path}/${id}`)).status).to.equal(404);
    }
  });

  const invalid: [string, object, string][] = [
    ['an amount that is a number', { ...EXPENSE, amount: 12 }, 'amount'],
    ['a negative amount', { ...EXPENSE, amount: '-1' }, 'amount'],
    ['a tenth of a cent', { ...EXPENSE, amount: '1.001' }, 'amount'],
    ['an exponent', { ...EXPENSE, amount: '1e3' }, 'amount'],
    ['too much', { ...EXPENSE, amount: '1000000000000' }, 'amount'],
    ['a currency in small letters', { ...EXPENSE, currency: 'eur' }, 'currency'],
    ['a day that is none', { ...EXPENSE, date: '2026-02-30' }, 'date'],
    ['an event id that is none', { ...EXPENSE, event_id: 'x' }, 'event_id'],
    ['a net of its own', { ...EXPENSE, net: '1' }, 'net'],
  ];
  for (const [what, body, field] of invalid) {
    it(`refuses ${what}`, async () => {
      const reply = await module.acme.send('POST', '/expenses', body);
      expect(reply.status).to.equal(400);
      expect(Object.keys(reply.body.error.fields)).to.deep.equal([field]);
      expect(gateway.requests).to.deep.equal([]);
    });
  }

  it('asks the owner whether the event is there, in the name of the user’s company', async () => {
    expect((await module.acme.send('POST', '/expenses', { ...EXPENSE, event_id: EVENT })).status).to.equal(
      201,
    );
    const [asked] = gateway.requests;
    expect(asked?.path).to.equal(`/api/promoter/events/${EVENT}`);
    expect(asked?.headers).to.include({ authorization: 'Bearer service', 'x-org': ACME });
    expect(asked?.headers['x-kisum-on-behalf-of']).to.match(/^ey/);
  });

  it('refuses an event nobody has, on create and on change', async () => {
    const { id } = await create('/expenses', EXPENSE);
    const replies = [
      await module.acme.send('POST', '/expenses', { ...EXPENSE, event_id: GONE }),
      await module.acme.send('PATCH', `/expenses/${id}`, { event_id: GONE }),
      await module.acme.send('POST', '/settlements', { ...SETTLEMENT, event_id: GONE }),
    ];
    for (const { status, body } of replies) {
      expect(status).to.equal(400);
      expect(body.error.fields).to.deep.equal({ event_id: 'is no event of this company' });
    }
  });

  it('answers 503, and writes nothing, when the owner cannot be asked', async () => {
    gateway.answer = (_path, response) => response.destroy();
    const before = (await module.acme.send('GET', '/expenses?limit=100')).body.data.length;
    const { status, body } = await module.acme.send('POST', '/expenses', { ...EXPENSE, event_id: EVENT });
    expect(status).to.equal(503);
    expect(body.error.code).to.equal('service_unavailable');
    expect((await module.acme.send('GET', '/expenses?limit=100')).body.data).to.have.length(before);
  });

  it('puts the event beside an expense that asks for it', async () => {
    const { id } = await create('/expenses', { ...EXPENSE, event_id: EVENT });
    const { body } = await module.acme.send('GET', `/expenses/${id}?expand=event`);
    expect(body.data.event).to.deep.equal({ id: EVENT, name: 'Night' });
    const alone = await create('/expenses', EXPENSE);
    expect((await module.acme.send('GET', `/expenses/${alone.id}?expand=event`)).body.data.event).to.equal(
      null,
    );
    expect((await module.acme.send('GET', `/expenses/${id}`)).body.data).not.to.have.property('event');
    expect((await module.acme.send('GET', `/expenses/${id}?expand=payee`)).status).to.equal(400);
  });

  it('keeps the invoice beside an expense and an income, and finds what is due', async () => {
    const invoice = { invoice_number: 'RE-2026-7', due_date: '2026-06-30' };
    const expense = await create('/expenses', { ...EXPENSE, ...invoice, tax: '228.10' });
    expect(expense).to.include({ ...invoice, tax: '228.10' });
    const listed = await module.acme.send('GET', '/expenses?due_date=2026-06-30');
    expect(listed.body.data).to.deep.equal([expense]);
    const sale = { amount: '5', currency: 'EUR', date: '2026-05-01', source: 'bar', unit: 'main' };
    expect(await create('/income', { ...sale, ...invoice })).to.include(invoice);
    expect(await create('/settlements', { ...SETTLEMENT, note: 'Final.' })).to.include({ note: 'Final.' });
  });

  it('pays what was approved: only sending it back opens it again', async () => {
    const { id } = await create('/expenses', { ...EXPENSE, status: 'submitted' });
    const patch = (body: object) => module.acme.send('PATCH', `/expenses/${id}`, body);
    expect((await patch({ status: 'approved' })).status).to.equal(200);
    expect(refusal(await patch({ status: 'paid', amount: '9999' }))).to.equal(
      '409 conflict: an approved expense does not change',
    );
    expect((await patch({ status: 'submitted' })).status).to.equal(200);
    expect((await patch({ amount: '1100' })).body.data.amount).to.equal('1100.00');
    await patch({ status: 'approved' });
    await patch({ status: 'paid' });
    expect(refusal(await module.acme.send('DELETE', `/expenses/${id}`))).to.equal(
      '409 conflict: a paid expense does not change',
    );
  });

  it('lets a closed settlement be, and never reopens it', async () => {
    const { id } = await create('/settlements', SETTLEMENT);
    const closed = await module.acme.send('PATCH', `/settlements/${id}`, { costs: '0', status: 'closed' });
    expect(closed.body.data).to.include({ status: 'closed', net: '1000.10' });
    const replies = [
      await module.acme.send('PATCH', `/settlements/${id}`, { gross: '5' }),
      await module.acme.send('PATCH', `/settlements/${id}`, { status: 'open' }),
      await module.acme.send('DELETE', `/settlements/${id}`),
    ];
    const messages = replies.map(({ status, body }) => `${status} ${body.error.code}: ${body.error.message}`);
    expect(messages).to.deep.equal([
      '409 conflict: a closed settlement does not change',
      '409 conflict: status closed is final, not open',
      '409 conflict: a closed settlement does not change',
    ]);
    expect((await module.acme.send('GET', `/settlements/${id}`)).body.data.gross).to.equal('1000.10');
  });
});
