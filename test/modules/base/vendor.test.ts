import { expect } from 'chai';
import vendor from '../../../modules/base/vendor/index.ts';
import { backend, type Backend } from '../support/backend.ts';
import { ACME, BLUENOTE } from '../support/gateway-keys.ts';
import { refusal } from '../support/http.ts';

const PROFILE = { name: 'Loud & Clear', trade: 'sound', city: 'Porto', contact_phone: '+351 220 000 000' };
const SERVICE = { name: 'Line array', price: '900.00', currency: 'EUR', unit: 'day', active: true };
const QUOTE = {
  customer: 'Acme',
  event_name: 'Harbour Lights',
  event_date: '2099-06-18',
  quantity: 2,
  amount: '1800.00',
  currency: 'EUR',
  valid_until: '2099-01-31',
};

describe('vendor', () => {
  let module: Backend;
  let vendor_profile_id: string;
  let service_id: string;

  before(async function () {
    this.timeout(120_000);
    module = await backend(vendor);
    vendor_profile_id = (await post('/vendor_profiles', PROFILE)).body.data.id;
    service_id = (await post('/services', { ...SERVICE, vendor_profile_id })).body.data.id;
  });
  after(() => module.close());

  const post = (path: string, body: unknown, company = ACME) => module.as(company).send('POST', path, body);
  const patch = (path: string, body: unknown) => module.acme.send('PATCH', path, body);
  const quote = async (values: object = {}): Promise<string> => {
    const reply = await post('/quotes', { ...QUOTE, service_id, ...values });
    expect(reply.status, JSON.stringify(reply.body)).to.equal(201);
    return reply.body.data.id;
  };

  it('keeps profiles and what they offer', async () => {
    const profile = await module.acme.send('GET', `/vendor_profiles/${vendor_profile_id}`);
    expect(profile.body.data).to.include(PROFILE);
    const service = await patch(`/services/${service_id}`, { price: '950.5', description: 'With crew' });
    expect(service.body.data).to.include({ ...SERVICE, price: '950.50', vendor_profile_id });
    const listed = await module.acme.send(
      'GET',
      `/services?vendor_profile_id=${vendor_profile_id}&active=true`,
    );
    expect(listed.body.data).to.deep.equal([service.body.data]);
    expect(refusal(await module.acme.send('DELETE', `/vendor_profiles/${vendor_profile_id}`))).to.equal(
      '409 conflict: the profile has services: take those away first',
    );
  });

  it('refuses what cannot be', async () => {
    const refused: [string, object][] = [
      ['/vendor_profiles', { ...PROFILE, trade: 'magic' }],
      ['/services', { vendor_profile_id, name: 'x', currency: 'EUR', unit: 'day' }],
      ['/quotes', { ...QUOTE, service_id, quantity: 0, event_date: '2027-02-30' }],
      ['/quotes', { ...QUOTE, service_id, status: 'accepted' }],
    ];
    const replies = await Promise.all(refused.map(([path, body]) => post(path, body)));
    expect(replies.map(refusal)).to.deep.equal([
      '400 validation_error: {"trade":"must be equal to one of the allowed values"}',
      '400 validation_error: {"price":"is missing"}',
      '400 validation_error: {"event_date":"must match format \\"date\\"","quantity":"must be >= 1"}',
      '409 conflict: status draft becomes sent, not accepted',
    ]);
  });

  it('quotes what is offered, and nothing else', async () => {
    const body = { ...SERVICE, active: false, vendor_profile_id };
    const idle = (await post('/services', body)).body.data.id as string;
    expect(refusal(await post('/quotes', { ...QUOTE, service_id: idle }))).to.equal(
      '409 conflict: the service is not offered: it is not active',
    );
    const id = await quote();
    expect(refusal(await patch(`/quotes/${id}`, { service_id: idle }))).to.match(/^409 /);
    await patch(`/services/${service_id}`, { active: false });
    expect((await patch(`/quotes/${id}`, { quantity: 3 })).body.data).to.include({ quantity: 3 });
    await patch(`/services/${service_id}`, { active: true });
  });

  it('leads a quote from draft to its end, and what was sent stays as it is', async () => {
    const id = await quote();
    expect((await patch(`/quotes/${id}`, { amount: '1750.00' })).body.data.amount).to.equal('1750.00');
    expect((await patch(`/quotes/${id}`, { status: 'sent' })).status).to.equal(200);
    expect(refusal(await patch(`/quotes/${id}`, { amount: '1' }))).to.equal(
      '409 conflict: a sent quote does not change',
    );
    expect((await patch(`/quotes/${id}`, { status: 'accepted' })).status).to.equal(200);
    const replies = [
      await patch(`/quotes/${id}`, { amount: '1', status: 'accepted' }),
      await patch(`/quotes/${id}`, { status: 'draft' }),
      await module.acme.send('DELETE', `/quotes/${id}`),
    ];
    expect(replies.map(refusal)).to.deep.equal([
      '409 conflict: an accepted quote does not change',
      '409 conflict: status accepted is final, not draft',
      '409 conflict: an accepted quote does not change',
    ]);
    expect((await module.acme.send('GET', `/quotes/${id}`)).body.data.amount).to.equal('1750.00');
    expect(refusal(await module.acme.send('DELETE', `/services/${service_id}`))).to.equal(
      '409 conflict: the service has quotes: set active to false instead',
    );
  });

  it('accepts no quote after its last day', async () => {
    const id = await quote({ valid_until: '2020-01-31', status: 'sent' });
    expect(refusal(await patch(`/quotes/${id}`, { status: 'accepted' }))).to.equal(
      '409 conflict: the quote was valid until 2020-01-31',
    );
    expect((await patch(`/quotes/${id}`, { status: 'expired' })).status).to.equal(200);
    const today = await quote({ valid_until: new Date().toISOString().slice(0, 10), status: 'sent' });
    expect((await patch(`/quotes/${today}`, { status: 'accepted' })).status).to.equal(200);
  });

  it('knows nothing of another company', async () => {
    const theirs = (await post('/vendor_profiles', PROFILE, BLUENOTE)).body.data.id as string;
    expect((await module.acme.send('GET', `/vendor_profiles/${theirs}`)).status).to.equal(404);
    expect(refusal(await post('/services', { ...SERVICE, vendor_profile_id: theirs }))).to.equal(
      '400 validation_error: {"vendor_profile_id":"is no vendor profile of this company"}',
    );
    const id = await quote();
    expect((await module.as(BLUENOTE).send('PATCH', `/quotes/${id}`, { status: 'sent' })).status).to.equal(
      404,
    );
  });
});
