import { expect } from 'chai';
import { decodeJwt } from 'jose';
import { firstAnswer, raw, rawRequest } from '../support/raw.ts';
import { COMPANY, openStage, type Stage } from '../support/stage.ts';

const APP = 'https://app.example';
const EVENTS = '/api/promoter/events';
const ID = '0b8f1c3e-2d4a-4c6e-8f10-1a2b3c4d5e6f';

describe('methods and cross-origin calls', () => {
  let stage: Stage;
  let headers: Record<string, string>;
  before(async function () {
    this.timeout(120_000);
    stage = await openStage({ env: { CORS_ORIGINS: APP } });
    headers = { authorization: `Bearer ${await stage.token('ana')}`, 'x-org': COMPANY.acme };
  });
  after(() => stage.close());
  beforeEach(() => (stage.seen.length = 0));

  const send = async (method: string, target: string, sent: Record<string, string>) =>
    firstAnswer(await raw(stage.gateway.url, rawRequest(target, sent, method)));

  it('HEAD is judged as GET and answered without a body', async () => {
    const { status, head, body } = await send('HEAD', EVENTS, headers);
    expect([status, body]).to.deep.equal([200, '']);
    expect(head).to.match(/content-type: application\/json/i);
    expect(stage.seen.map(({ method }) => method)).to.deep.equal(['HEAD']);
    const { permissions } = decodeJwt(stage.seen[0]!.headers['x-kisum-assertion'] as string);
    expect(permissions).to.include('promoter.event.view');
  });

  it('HEAD of what GET refuses is refused, without a body', async () => {
    const ben = { ...headers, authorization: `Bearer ${await stage.token('ben')}` };
    for (const method of ['GET', 'HEAD'])
      expect((await send(method, '/api/ai/predictions', ben)).status).to.equal(403);
    expect((await send('HEAD', '/api/ai/predictions', ben)).body).to.equal('');
    expect((await send('HEAD', EVENTS, {})).status).to.equal(401);
    expect(stage.seen).to.deep.equal([]);
  });

  it('HEAD of the health paths has no body', async () => {
    expect(await send('HEAD', '/healthz', {})).to.include({ status: 200, body: '' });
  });

  for (const [method, target] of [
    ['GET', EVENTS],
    ['POST', EVENTS],
    ['GET', `${EVENTS}/${ID}`],
    ['PATCH', `${EVENTS}/${ID}`],
    ['DELETE', `${EVENTS}/${ID}`],
  ] as const) {
    it(`${method} ${target.replace(ID, '{id}')} is declared: served`, async () => {
      expect((await send(method, target, { ...headers, 'content-length': '0' })).status).to.equal(200);
      expect(stage.seen.map((it) => it.method)).to.deep.equal([method]);
    });
  }

  for (const method of ['TRACE', 'CONNECT']) {
    it(`${method} is refused: 400, closed`, async () => {
      const { status, head, body } = await send(method, method === 'CONNECT' ? 'module:80' : EVENTS, headers);
      expect(status).to.equal(400);
      expect(head).to.match(/connection: close/i);
      expect(JSON.parse(body)).to.have.nested.property('error.code', 'validation_error');
      expect(stage.seen).to.deep.equal([]);
    });
  }

  for (const method of [
    'OPTIONS',
    'PUT',
    'PROPFIND',
    'MKCOL',
    'PURGE',
    'QUERY',
    'M-SEARCH',
    'SOURCE',
    'LOCK',
    'DELETE',
  ]) {
    it(`${method} on a path that does not declare it: 404, and 401 for a stranger`, async () => {
      expect((await send(method, EVENTS, {})).status).to.equal(401);
      expect((await send(method, EVENTS, headers)).status).to.equal(404);
      expect(stage.seen).to.deep.equal([]);
    });
  }

  for (const method of ['get', 'Get', 'FOO', 'GE\tT', '__proto__', 'PRI']) {
    it(`${JSON.stringify(method)} is no method: 400`, async () => {
      expect((await send(method, EVENTS, headers)).status).to.equal(400);
      expect(stage.seen).to.deep.equal([]);
    });
  }

  for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
    it(`${name} is ignored`, async () => {
      expect((await send('GET', EVENTS, { ...headers, [name]: 'DELETE' })).status).to.equal(200);
      expect((await send('GET', `${EVENTS}?_method=DELETE`, headers)).status).to.equal(200);
      for (const sight of stage.seen) {
        expect(sight.method).to.equal('GET');
        expect(sight.headers).to.not.have.property(name);
      }
    });
  }

  describe('preflights', () => {
    const preflight = (origin: string, extra: Record<string, string> = {}, target = EVENTS) =>
      send('OPTIONS', target, { origin, 'access-control-request-method': 'POST', ...extra });
    const corsOf = (head: string) =>
      Object.fromEntries(
        [...head.matchAll(/^(access-control-[\w-]+|vary): (.*)\r?$/gim)].map(([, k, v]) => [
          k!.toLowerCase(),
          v,
        ]),
      );
    afterEach(() => expect(stage.seen).to.deep.equal([]));

    it('an allowed origin learns what it may send', async () => {
      const asked = 'authorization, X-Org, content-type, idempotency-key, x-request-id';
      const { status, head, body } = await preflight(APP, { 'access-control-request-headers': asked });
      expect([status, body]).to.deep.equal([204, '']);
      const cors = corsOf(head);
      expect(cors['access-control-allow-origin']).to.equal(APP);
      expect(cors['access-control-allow-methods']).to.include('PATCH');
      expect(cors['access-control-allow-headers']).to.equal(asked.toLowerCase());
      expect(cors.vary).to.equal('origin');
      expect(cors).to.not.have.property('access-control-allow-credentials');
    });

    it('headers that would never be forwarded are not allowed', async () => {
      const asked = 'cookie, x-kisum-assertion, x-user-id, x_org, host, nonsense, __proto__, x-org';
      const { head } = await preflight(APP, { 'access-control-request-headers': asked });
      expect(corsOf(head)['access-control-allow-headers']).to.equal('x-org');
    });

    it('says the same of a route that does not exist', async () => {
      const [known, unknown] = await Promise.all([preflight(APP), preflight(APP, {}, '/api/nothing/here')]);
      expect(corsOf(known.head)).to.deep.equal(corsOf(unknown.head));
    });

    for (const origin of [
      'https://evil.example',
      'null',
      `${APP}.evil.example`,
      'http://app.example',
      `${APP}/`,
      `${APP}:443`,
      APP.toUpperCase(),
      '*',
      '__proto__',
    ]) {
      it(`a foreign origin (${origin}) is told nothing`, async () => {
        const { status, head } = await preflight(origin);
        expect(status).to.equal(204);
        expect(corsOf(head)).to.deep.equal({ vary: 'origin' });
      });
    }

    it('an OPTIONS that is no preflight is judged like any other', async () => {
      expect((await send('OPTIONS', EVENTS, { origin: APP })).status).to.equal(401);
      expect((await send('OPTIONS', EVENTS, { ...headers, origin: APP })).status).to.equal(404);
    });

    it('a preflight is no way around the framing rules', async () => {
      const lines = `OPTIONS ${EVENTS} HTTP/1.1\r\nhost: a\r\nhost: b\r\norigin: ${APP}\r\naccess-control-request-method: GET\r\n\r\n`;
      expect(firstAnswer(await raw(stage.gateway.url, lines)).status).to.equal(400);
    });
  });

  describe('cross-origin answers', () => {
    const corsOf = (response: Response) => [
      response.headers.get('access-control-allow-origin'),
      response.headers.get('access-control-expose-headers'),
      response.headers.get('vary'),
    ];

    it('an allowed origin may read the answer, also a refusal', async () => {
      const exposed = 'x-request-id, etag, retry-after, location';
      for (const user of ['ana', null] as const) {
        const response = await stage.call(EVENTS, { user, headers: { origin: APP } });
        expect(corsOf(response)).to.deep.equal([APP, exposed, 'origin']);
        await response.arrayBuffer();
      }
    });

    it('a foreign origin may not', async () => {
      const response = await stage.call(EVENTS, { headers: { origin: 'https://evil.example' } });
      expect(corsOf(response)).to.deep.equal([null, null, 'origin']);
      await response.arrayBuffer();
    });
  });
});
