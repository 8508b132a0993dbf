import { expect } from 'chai';
import type { ServerResponse } from 'node:http';
import { ACME, ANA, assertionSigner, BLUENOTE, type Signer, tokenSigner } from '../support/gateway-keys.ts';
import { demoModule, serve, type Served } from '../support/demo.ts';
import { call, json, stub, type SentHeaders, type Stub } from '../support/http.ts';

const BEN = 'aaaaaaaa-0000-4000-8000-000000000002';

function access(over: Record<string, unknown> = {}) {
  const data = {
    userId: ANA,
    companyId: ACME,
    tenantRole: 'ADMIN',
    modules: ['demo'],
    permissions: ['demo.thing.view'],
    delegation: {},
    meta: {},
    ...over,
  };
  return { success: true, data };
}

describe('a module called directly, with a token alone', () => {
  const { definition, handled } = demoModule();
  let signer: Signer;
  let auth: Stub;
  let served: Served;
  let answer: (response: ServerResponse) => void;

  before(async () => {
    signer = await tokenSigner();
    auth = await stub((path, response) =>
      path === '/.well-known/jwks.json' ? json(response, 200, signer.jwks) : answer(response),
    );
    served = await serve(definition, {
      assertionKeys: (await assertionSigner('demo')).jwks,
      auth: { url: auth.url, issuer: 'https://auth.test', audience: 'kisum', timeoutMs: 500 },
      moduleSecret: 'canary-secret',
    });
  });
  after(async () => {
    await served.close();
    await auth.close();
  });
  beforeEach(() => {
    handled.splice(0);
    auth.requests.splice(0);
    answer = (response) => json(response, 200, access());
  });

  const things = async (headers: SentHeaders = {}, token?: string) =>
    call(`${served.url}/api/demo/things`, {
      headers: { authorization: `Bearer ${token ?? (await signer.sign())}`, 'x-org': ACME, ...headers },
    });
  const asked = () => auth.requests.filter(({ path }) => path === '/auth/me/access');

  it('asks Auth, and lets in whom Auth names', async () => {
    const { status, body } = await things();
    expect(status).to.equal(200);
    expect(body.data).to.deep.equal({ user: ANA, company: ACME });
    expect(asked()[0]?.headers).to.include({ 'x-org': ACME, 'x-internal-api-key': 'canary-secret' });
    expect(served.text()).not.to.include('canary-secret').and.not.to.include('Bearer');
  });

  it('believes Auth and never the token’s own claims', async () => {
    const boasting = await signer.sign({
      role: 'ADMIN',
      modules: ['demo'],
      permissions: ['demo.thing.view'],
    });
    answer = (response) => json(response, 200, access({ permissions: [] }));
    expect((await things({}, boasting)).body.error.message).to.equal('missing permission: demo.thing.view');
    answer = (response) => json(response, 200, access({ modules: ['finance'] }));
    expect((await things({}, boasting)).body.error.message).to.equal('no access to module: demo');
    expect(handled).to.deep.equal([]);
  });

  it('answers 401, then 400, before it asks anybody', async () => {
    const now = Math.floor(Date.now() / 1000);
    const assertionAsToken = await (await assertionSigner('kisum')).sign();
    const bad = [
      await signer.sign({ exp: now - 60 }),
      await signer.sign({ aud: 'gateway' }),
      await signer.sign({ iss: 'gateway' }),
      await signer.sign({ sub: 'module:finance' }),
      await signer.sign({ sub: [ANA] }),
      await signer.sign({ exp: undefined }),
      await signer.sign({ iat: undefined }),
      await signer.sign({ iat: now + 600 }),
      await (await tokenSigner()).sign(),
      assertionAsToken,
    ];
    for (const token of bad) expect((await things({ 'x-org': 'x' }, token)).status).to.equal(401);
    const token = `Bearer ${await signer.sign()}`;
    expect((await things({ authorization: [token, token] })).status).to.equal(401);
    expect((await things({ authorization: token.replace('Bearer', 'Basic') })).status).to.equal(401);
    expect((await things({ 'x-org': 'acme' })).status).to.equal(400);
    expect((await things({ 'x-org': [ACME, BLUENOTE] })).status).to.equal(400);
    const without = await call(`${served.url}/api/demo/things`, { headers: { authorization: token } });
    expect(without.body.error).to.include({ code: 'validation_error', message: 'x-org is missing' });
    expect(asked()).to.deep.equal([]);
  });

  it('passes on Auth’s own 401, 400 and 403', async () => {
    for (const status of [401, 400, 403]) {
      answer = (response) => json(response, status, { success: false, error: {} });
      expect((await things()).status).to.equal(status);
    }
  });

  describe('answers 503, and handles nothing, when Auth', () => {
    const broken: [string, (response: ServerResponse) => void][] = [
      ['answers for another user', (response) => json(response, 200, access({ userId: BEN }))],
      ['answers for another company', (response) => json(response, 200, access({ companyId: BLUENOTE }))],
      ['says yes with another status', (response) => json(response, 202, access())],
      ['fails', (response) => json(response, 500, {})],
      ['is flooded', (response) => json(response, 429, {})],
      ['says success: false with 200', (response) => json(response, 200, { ...access(), success: false })],
      ['forgets the permissions', (response) => json(response, 200, access({ permissions: undefined }))],
      ['answers text', (response) => response.end('allowed')],
      ['answers nothing', (response) => response.end()],
      [
        'sends half an answer',
        (response) => response.writeHead(200, { 'content-length': 500 }).end('{"success":true'),
      ],
      ['resets', (response) => response.destroy()],
      ['hangs', () => undefined],
    ];
    for (const [what, breaking] of broken) {
      it(what, async () => {
        answer = breaking;
        const { status, body, headers } = await things();
        expect(status).to.equal(503);
        expect(body.error.code).to.equal('service_unavailable');
        expect(headers['retry-after']).to.equal('1');
        expect(handled).to.deep.equal([]);
        expect(served.lines.at(-1)).to.include({ result: 'failed', status: 503 });
      });
    }
  });

  it('is well again with the next good answer', async () => {
    answer = (response) => response.destroy();
    expect((await things()).status).to.equal(503);
    answer = (response) => json(response, 200, access());
    expect((await things()).status).to.equal(200);
  });
});
