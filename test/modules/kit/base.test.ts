import { expect } from 'chai';
import type { ServerResponse } from 'node:http';
import { baseOf, readPaths } from '../../../modules/kit/base.ts';
import { ModuleError } from '../../../modules/kit/errors.ts';
import { manifestAt } from '../../../modules/kit/manifest-at.ts';
import { projectFile } from '../../../policies/root.ts';
import { serviceToken } from '../../../modules/kit/service-token.ts';
import type { Identity } from '../../../modules/kit/state.ts';
import { ACME, ANA } from '../support/gateway-keys.ts';
import { json, stub, type Stub } from '../support/http.ts';

const EVENT = 'eeeeeeee-0000-4000-8000-000000000001';
const asserted = { by: 'assertion', userId: ANA, assertion: 'the.received.assertion' } as Identity;

describe('reading another module’s entity', () => {
  let auth: Stub;
  let gateway: Stub;
  let tokens = 0;
  const paths = readPaths(manifestAt(projectFile('modules', 'addons', 'finance')));

  before(async () => {
    auth = await stub((_path, response) =>
      json(response, 200, { success: true, data: { token: `token-${++tokens}`, expiresIn: 300 } }),
    );
    gateway = await stub(() => undefined);
  });
  after(() => Promise.all([auth.close(), gateway.close()]));
  beforeEach(() => {
    auth.requests.splice(0);
    gateway.requests.splice(0);
    answer((response) => json(response, 200, { success: true, data: { id: EVENT } }));
  });

  function answer(given: (response: ServerResponse) => void): void {
    gateway.answer = (_path, response) => given(response);
  }
  function base() {
    const token = serviceToken(auth.url, 'finance', 'the-secret');
    return baseOf({ gatewayUrl: gateway.url, token, paths }, asserted, ACME);
  }
  async function failure(promise: Promise<unknown>): Promise<ModuleError> {
    const error = await promise.then(
      () => expect.fail('it was answered'),
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(ModuleError);
    return error as ModuleError;
  }

  it('shows the service token, the company and the assertion it received', async () => {
    expect(await base().get('promoter.event', EVENT)).to.deep.equal({ id: EVENT });
    const [asked] = auth.requests;
    expect(asked).to.deep.include({
      method: 'POST',
      path: '/auth/service-token',
      body: '{"module":"finance"}',
    });
    expect(asked?.headers).to.include({
      'x-internal-api-key': 'the-secret',
      'content-type': 'application/json',
    });
    const [read] = gateway.requests;
    expect(read).to.include({ method: 'GET', path: `/api/promoter/events/${EVENT}` });
    expect(read?.headers).to.include({
      authorization: `Bearer token-${tokens}`,
      'x-org': ACME,
      'x-kisum-on-behalf-of': 'the.received.assertion',
    });
  });

  it('asks for one token, however many wait for it', async () => {
    const reader = base();
    await Promise.all(Array.from({ length: 5 }, () => reader.get('promoter.event', EVENT)));
    await reader.list('promoter.event', { status: 'announced' });
    expect(auth.requests).to.have.length(1);
    expect(gateway.requests.at(-1)?.path).to.equal('/api/promoter/events?status=announced');
  });

  it('asks for another token once when the gateway refuses it', async () => {
    const reader = base();
    answer((response) => json(response, 401, {}));
    expect((await failure(reader.get('promoter.event', EVENT))).code).to.equal('service_unavailable');
    expect(auth.requests).to.have.length(2);
    expect(gateway.requests).to.have.length(2);
  });

  it('knows what is not there from what cannot be known', async () => {
    answer((response) => json(response, 404, {}));
    expect(await base().get('promoter.event', EVENT)).to.equal(undefined);
    const broken: ((response: ServerResponse) => void)[] = [
      (response) => json(response, 403, {}),
      (response) => json(response, 503, {}),
      (response) => json(response, 200, {}),
      (response) => json(response, 200, null),
      (response) => response.end('text'),
      (response) => response.destroy(),
    ];
    for (const breaking of broken) {
      answer(breaking);
      expect((await failure(base().get('promoter.event', EVENT))).code).to.equal('service_unavailable');
    }
  });

  it('passes on what the owner finds wrong with a query: no outage, and nothing to try again', async () => {
    const fields = { city: 'must match pattern' };
    answer((response) =>
      json(response, 400, { success: false, error: { code: 'validation_error', message: 'no', fields } }),
    );
    const refused = await failure(base().page('promoter.event', { city: '' }));
    expect(refused).to.deep.include({ code: 'validation_error', message: 'no', fields });
    answer((response) => json(response, 400, null));
    expect(await failure(base().page('promoter.event'))).to.deep.include({
      code: 'validation_error',
      message: 'the query is not valid',
    });
  });

  it('keeps an id within its segment', async () => {
    await base().get('promoter.event', '../venues?x');
    expect(gateway.requests[0]?.path).to.equal('/api/promoter/events/..%2Fvenues%3Fx');
  });

  it('does not happen undeclared, directly called, or unconnected', async () => {
    const undeclared = await base()
      .get('artist.artist', EVENT)
      .catch((error: Error) => error);
    expect(undeclared).to.be.an('error').with.property('message').that.includes('not declared');
    const token = serviceToken(auth.url, 'finance', 'the-secret');
    const direct = { by: 'token', userId: ANA, token: 't' } as Identity;
    const reads = baseOf({ gatewayUrl: gateway.url, token, paths }, direct, ACME).get(
      'promoter.event',
      EVENT,
    );
    expect((await failure(reads)).code).to.equal('service_unavailable');
    expect((await failure(baseOf(undefined, asserted, ACME).get('promoter.event', EVENT))).code).to.equal(
      'service_unavailable',
    );
    expect(gateway.requests).to.deep.equal([]);
  });

  it('asks again after Auth had no token to give', async () => {
    const good = auth.answer;
    const reader = base();
    auth.answer = (_path, response) => json(response, 200, { success: true, data: { token: '' } });
    expect((await failure(reader.get('promoter.event', EVENT))).code).to.equal('service_unavailable');
    auth.answer = good;
    expect(await reader.get('promoter.event', EVENT)).to.deep.equal({ id: EVENT });
  });
});
