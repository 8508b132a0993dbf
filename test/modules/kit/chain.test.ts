import { expect } from 'chai';
import { SignJWT, UnsecuredJWT } from 'jose';
import { ACME, ANA, assertionSigner, BLUENOTE, type Signer } from '../support/gateway-keys.ts';
import { demoModule, serve, type Served } from '../support/demo.ts';
import { call, type SentHeaders } from '../support/http.ts';

const THING = 'bbbbbbbb-0000-4000-8000-000000000001';
const VIEW = { permissions: ['demo.thing.view'] };

describe('the chain behind the gateway', () => {
  const { definition, handled } = demoModule();
  let signer: Signer;
  let served: Served;

  before(async () => {
    signer = await assertionSigner('demo');
    served = await serve(definition, { assertionKeys: signer.jwks });
  });
  after(() => served.close());
  beforeEach(() => void handled.splice(0));

  const get = (path: string, headers: SentHeaders) => call(`${served.url}${path}`, { headers });
  const things = (assertion: string | string[], headers: SentHeaders = {}) =>
    get('/api/demo/things', { 'x-kisum-assertion': assertion, ...headers });

  it('lets a right assertion through', async () => {
    const { status, body } = await things(await signer.sign(VIEW));
    expect(status).to.equal(200);
    expect(body).to.deep.equal({ success: true, data: { user: ANA, company: ACME } });
    expect(handled).to.deep.equal(['list']);
  });

  it('answers in its order when everything is wrong at once', async () => {
    const wrong = { 'x-org': 'nonsense' };
    expect((await things('nonsense', wrong)).status).to.equal(401);
    expect((await things(await signer.sign(), wrong)).status).to.equal(400);
    expect((await things(await signer.sign(), { 'x-org': ACME })).status).to.equal(403);
    const created = await call(`${served.url}/api/demo/things`, {
      method: 'POST',
      headers: { 'x-kisum-assertion': await signer.sign(VIEW) },
      raw: 'not json',
    });
    expect(created.status, 'a denied caller learns nothing of the body').to.equal(403);
    expect(
      (await get('/api/demo/things/no-uuid', { 'x-kisum-assertion': await signer.sign() })).status,
    ).to.equal(403);
    expect(handled).to.deep.equal([]);
  });

  it('refuses what the gateway judged wrongly: the permission is not in the assertion', async () => {
    const { status, body } = await things(
      await signer.sign({ permissions: ['demo.thing.create', '*', 'demo.thing'] }),
    );
    expect(status).to.equal(403);
    expect(body.error).to.include({ code: 'forbidden', message: 'missing permission: demo.thing.view' });
    expect(handled).to.deep.equal([]);
  });

  describe('answers 401 to', () => {
    // Asked when a test runs: the suite is read long before.
    const now = () => Math.floor(Date.now() / 1000);
    const hmac = new TextEncoder().encode('a secret that is long enough for HS256');
    const forged: [string, () => Promise<string>][] = [
      ['another key', async () => (await assertionSigner('demo')).sign(VIEW)],
      ['an expired one', () => signer.sign({ ...VIEW, iat: now() - 90, exp: now() - 60 })],
      ['one from the future', () => signer.sign({ ...VIEW, iat: now() + 600, exp: now() + 630 })],
      ['one that lives too long', () => signer.sign({ ...VIEW, exp: now() + 3600 })],
      ['another module’s', () => signer.sign({ ...VIEW, aud: 'finance' })],
      ['another issuer', () => signer.sign({ ...VIEW, iss: 'auth' })],
      ['no issuer', () => signer.sign({ ...VIEW, iss: undefined })],
      ['no expiry', () => signer.sign({ ...VIEW, exp: undefined })],
      ['no subject', () => signer.sign({ ...VIEW, sub: undefined })],
      ['a list of subjects', () => signer.sign({ ...VIEW, sub: [ANA] })],
      ['a company that is no id', () => signer.sign({ ...VIEW, company: 'acme' })],
      ['no company', () => signer.sign({ ...VIEW, company: undefined })],
      ['permissions as text', () => signer.sign({ permissions: 'demo.thing.view' })],
      ['no versions', () => signer.sign({ ...VIEW, versions: undefined })],
      ['a role that is a number', () => signer.sign({ ...VIEW, role: 1 })],
      ['an unknown type', () => signer.sign(VIEW, { typ: 'id+jwt' })],
      [
        'no algorithm',
        () => Promise.resolve(new UnsecuredJWT({ ...VIEW, iss: 'gateway', aud: 'demo', sub: ANA }).encode()),
      ],
      [
        'HS256',
        () =>
          new SignJWT({
            ...VIEW,
            iss: 'gateway',
            aud: 'demo',
            sub: ANA,
            company: ACME,
            versions: {},
            iat: now(),
            exp: now() + 30,
          })
            .setProtectedHeader({ alg: 'HS256' })
            .sign(hmac),
      ],
      ['a padded signature', async () => `${await signer.sign(VIEW)}==`],
      ['a token that is none', () => Promise.resolve('x.y.z')],
      ['a huge one', async () => `${await signer.sign(VIEW)}${'A'.repeat(9000)}`],
    ];
    for (const [what, token] of forged) {
      it(what, async () => {
        const { status, body, headers } = await things(await token());
        expect(status).to.equal(401);
        expect(body.error.code).to.equal('unauthorized');
        expect(headers['www-authenticate']).to.equal('Bearer');
        expect(handled).to.deep.equal([]);
      });
    }

    it('the header twice', async () => {
      const assertion = await signer.sign(VIEW);
      expect((await things([assertion, assertion])).status).to.equal(401);
    });

    it('nothing at all, and a token alone where no Auth is known', async () => {
      expect((await get('/api/demo/things', {})).status).to.equal(401);
      expect(
        (await get('/api/demo/things', { authorization: 'Bearer x.y.z', 'x-org': ACME })).status,
      ).to.equal(401);
    });
  });

  it('answers 400 to another company than the asserted one, and to two', async () => {
    const assertion = await signer.sign(VIEW);
    expect((await things(assertion, { 'x-org': BLUENOTE })).status).to.equal(400);
    expect((await things(assertion, { 'x-org': [ACME, ACME] })).status).to.equal(400);
    expect((await things(assertion, { 'x-org': ACME.toUpperCase() })).status).to.equal(200);
  });

  it('asks a route without a company for the assertion alone, and a public one for nothing', async () => {
    const assertion = await signer.sign({ company: undefined, versions: { token: null } });
    const self = await get('/api/demo/self', { 'x-kisum-assertion': assertion });
    expect(self.body).to.deep.equal({ success: true, data: { user: ANA } });
    expect((await get('/api/demo/self', {})).status).to.equal(401);
    expect((await get('/api/demo/hello', {})).body).to.deep.equal({ success: true, data: 'hello' });
  });

  it('serves its declared routes and nothing else', async () => {
    const headers = { 'x-kisum-assertion': await signer.sign(VIEW) };
    expect((await get(`/api/demo/things/${THING}`, headers)).status).to.equal(200);
    const strangers = [
      '/api/demo/things/',
      '/API/demo/things',
      '/api/demo//things',
      '/api/demo/things/no-uuid',
      '/',
      '/healthz',
    ];
    for (const path of strangers) {
      const { status, body } = await get(path, headers);
      expect(status, path).to.equal(404);
      expect(body.error.code).to.equal('not_found');
    }
    const deleted = await call(`${served.url}/api/demo/things/${THING}`, { method: 'DELETE', headers });
    expect(deleted.status).to.equal(404);
    expect((await call(`${served.url}/api/demo/things`, { method: 'HEAD', headers })).status).to.equal(200);
  });

  it('writes one line for every request, and no token in any', async () => {
    const assertion = await signer.sign(VIEW);
    const count = served.lines.length;
    await things(assertion, {
      'x-request-id': 'req-1',
      'x-decision-id': 'dec-1',
      authorization: 'Bearer canary-1',
    });
    await things(await signer.sign(), { 'x-request-id': 'bad id' });
    const [allowed, denied, ...more] = served.lines.slice(count);
    expect(more).to.deep.equal([]);
    expect(allowed).to.include({
      requestId: 'req-1',
      decisionId: 'dec-1',
      userId: ANA,
      companyId: ACME,
      endpoint: 'GET /api/demo/things',
      action: 'demo.thing.view',
      result: 'allowed',
      status: 200,
    });
    expect(denied).to.include({ result: 'denied', status: 403, error: 'forbidden', userId: ANA });
    expect(denied?.['requestId']).to.match(/^[0-9a-f-]{36}$/);
    expect(served.text()).not.to.include('canary-1').and.not.to.include(assertion.slice(-40));
  });

  it('tells the request id in every answer', async () => {
    const { headers, body } = await things('x', { 'x-request-id': 'req-9' });
    expect(headers['x-request-id']).to.equal('req-9');
    expect(body.error.requestId).to.equal('req-9');
  });
});
