import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { expect } from 'chai';
import { answerOf } from '../support/auth-answers.ts';
import { refused } from '../support/refused.ts';
import { serve, type TestServer } from '../support/servers.ts';
import { COMPANY, openStage, USER, type Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';
import { serveBytes } from '../support/wire.ts';

const EXPENSES = '/api/finance/expenses';
const KEY = 'canary-internal-api-key-5d1c';
const TIMEOUT_MS = 400;

type Answer = ReturnType<typeof answerOf>;

const good = () => answerOf(USER.ana, COMPANY.acme);
const changed = (change: (data: Answer['data'] & Record<string, unknown>) => void): Answer => {
  const answer = good();
  change(answer.data);
  return answer;
};
const json = (res: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}) =>
  res
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(typeof body === 'string' ? body : JSON.stringify(body));

describe('an Auth that lies, stammers or says nothing', () => {
  let stage: Stage;
  let auth: TestServer;
  let behave: RequestListener;
  const asked: IncomingMessage[] = [];
  const shown: string[] = [];
  const signatures: string[] = [];

  before(async function () {
    this.timeout(120_000);
    auth = await serve((req, res) => {
      asked.push(req);
      behave(req, res);
    });
    stage = await openStage({
      env: {
        ACCESS_SOURCE: 'auth',
        AUTH_URL: auth.url,
        INTERNAL_API_KEY: KEY,
        AUTH_TIMEOUT_MS: String(TIMEOUT_MS),
        ACCESS_MAX_STALENESS_MS: '60000',
      },
    });
  });
  after(async () => {
    await stage.close();
    auth.close();
  });
  /** An allow before each, so that what follows cannot be the breaker's, nor anything but the answer's own doing. */
  beforeEach(async () => {
    behave = (_, res) => json(res, good());
    await until(async () => (await call()).status === 200);
    asked.length = 0;
    stage.seen.length = 0;
  });

  /** With a token that no answer is remembered for. */
  let calls = 0;
  const call = async (path = EXPENSES, user: keyof typeof USER = 'ana') => {
    const token = await stage.token(user, { jti: String((calls += 1)), tokenVersion: 1 });
    signatures.push(token.split('.').at(-1)!);
    return stage.call(path, { user: null, headers: { authorization: `Bearer ${token}` } });
  };
  const outcome = async (...ask: Parameters<typeof call>) => {
    const answer = await refused(await call(...ask));
    shown.push(JSON.stringify(answer));
    return answer;
  };
  const isUnavailable = (answer: object) =>
    expect(answer).to.include({ status: 503, code: 'service_unavailable' });

  it('is asked as the contract says: the user’s token, the company, the key', async () => {
    await (await call()).text();
    const [{ method, url, headers }] = asked as [IncomingMessage];
    expect({ method, url }).to.deep.equal({ method: 'GET', url: '/auth/me/access' });
    expect(headers).to.include({ 'x-org': COMPANY.acme, 'x-internal-api-key': KEY });
    expect(headers.authorization).to.match(new RegExp(`^Bearer .*\\.${signatures.at(-1)}$`));
    expect(headers).to.not.have.any.keys('cookie', 'x-request-id', 'x-kisum-assertion');
  });

  const LIES: Record<string, RequestListener> = {
    'says nothing': () => {},
    'ends the connection': (req) => req.socket.destroy(),
    'sends its head and no more': (_, res) => {
      res.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    },
    'sends a byte now and then': (_, res) => {
      res.writeHead(200, { 'content-type': 'application/json' });
      const bytes = [...JSON.stringify(good())];
      const drip = setInterval(() => res.write(bytes.shift() ?? ' '), 10);
      res.on('close', () => clearInterval(drip));
    },
    'breaks off in the middle': (_, res) => {
      res.writeHead(200, { 'content-type': 'application/json' });
      res.write(JSON.stringify(good()).slice(0, 100), () => res.destroy());
    },
    'breaks off after all but the end': (_, res) => {
      res.writeHead(200, { 'content-type': 'application/json' });
      res.write(JSON.stringify(good()), () => res.destroy());
    },
    'promises more than it sends': (_, res) => {
      const body = JSON.stringify(good());
      res.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length + 1 });
      res.write(body, () => res.destroy());
    },
    'answers for another user': (_, res) => json(res, answerOf(USER.ben, COMPANY.acme)),
    'answers for another company': (_, res) => json(res, answerOf(USER.ana, COMPANY.bluenote)),
    'answers a list of users': (_, res) =>
      json(
        res,
        changed((data) => Object.assign(data, { userId: [USER.ana] })),
      ),
    'says success: false with a 200': (_, res) => json(res, { ...good(), success: false }),
    'says its refusal with a 200': (_, res) =>
      json(res, { success: false, error: { code: 'forbidden', message: 'no' } }),
    'sends HTML': (_, res) => json(res, '<html>welcome</html>', 200, { 'content-type': 'text/html' }),
    'sends its JSON as HTML': (_, res) => json(res, good(), 200, { 'content-type': 'text/html' }),
    'sends nothing': (_, res) => json(res, ''),
    'sends half a document': (_, res) => json(res, JSON.stringify(good()).slice(0, -1)),
    'sends two documents': (_, res) => json(res, JSON.stringify(good()).repeat(2)),
    'names a member twice': (_, res) =>
      json(res, JSON.stringify(good()).replace('"userId"', `"userId":"${USER.ben}","userId"`)),
    'hides members in the prototype': (_, res) =>
      json(res, `{"success":true,"data":{"__proto__":${JSON.stringify(good().data)}}}`),
    'claims to have packed it': (_, res) => json(res, good(), 200, { 'content-encoding': 'gzip' }),
    'answers from a cache': (_, res) => json(res, good(), 200, { age: '1' }),
    'sends far too much': (_, res) => json(res, { ...good(), more: 'x'.repeat(1024 * 1024) }),
    'sends without end': (_, res) => {
      res.writeHead(200, { 'content-type': 'application/json' });
      const pour = () => {
        while (!res.destroyed && res.write(' '.repeat(65_536)));
        if (!res.destroyed) res.once('drain', pour);
      };
      pour();
    },
    'sends too large a head': (_, res) => json(res, good(), 200, { 'x-more': 'x'.repeat(65_536) }),
    'names an older token version': (_, res) =>
      json(
        res,
        changed(({ meta }) => (meta.tokenVersion = 0)),
      ),
    'names a newer token version': (_, res) =>
      json(
        res,
        changed(({ meta }) => (meta.tokenVersion = 2)),
      ),
    'names an older access version': (_, res) =>
      json(
        res,
        changed(({ meta }) => (meta.accessVersion = 4)),
      ),
    'names an older entitlement version': (_, res) =>
      json(
        res,
        changed(({ meta }) => (meta.entitlementVersion = 2)),
      ),
    'grants what is no key': (_, res) =>
      json(
        res,
        changed((data) => Object.assign(data, { permissions: { 'finance.expense.view': true } })),
      ),
  };
  for (const status of [201, 204, 206, 300, 304, 400, 402, 404, 407, 408, 418, 429, 500, 502, 503, 504]) {
    LIES[`answers ${status} with a good body`] = (_, res) => json(res, good(), status);
  }

  for (const [what, listener] of Object.entries(LIES)) {
    it(`${what}: 503, and no module is reached`, async () => {
      behave = listener;
      isUnavailable(await outcome());
      expect(stage.seen).to.have.lengthOf(0);
      expect(asked.length).to.be.greaterThan(0);
    });
  }

  it('grants a module and a permission nobody sells: 403, as for anything unknown', async () => {
    behave = (_, res) =>
      json(
        res,
        changed((data) => Object.assign(data, { modules: ['*', 'all'], permissions: ['*', 'finance.*'] })),
      );
    expect(await outcome()).to.include({ status: 403 });
  });

  for (const status of [301, 302, 303, 307, 308]) {
    it(`sends elsewhere with a ${status}: 503, and neither token nor key goes there`, async () => {
      const elsewhere: IncomingMessage[] = [];
      const other = await serve((req, res) => {
        elsewhere.push(req);
        json(res, good());
      });
      behave = (_, res) => json(res, good(), status, { location: `${other.url}/auth/me/access` });
      isUnavailable(await outcome());
      expect(elsewhere).to.have.lengthOf(0);
      other.close();
    });
  }

  for (const [status, code] of [
    [401, 'unauthorized'],
    [403, 'forbidden'],
  ] as const) {
    it(`a ${status} is a ${status}, whatever stands in it`, async () => {
      for (const body of [good(), '', '<html>']) {
        behave = (_, res) => json(res, body, status);
        expect(await outcome()).to.include({ status, code });
        expect(stage.seen).to.have.lengthOf(0);
      }
    });
  }

  it('the 403 of a company that exists and of one that does not are alike to the byte', async () => {
    behave = (_, res) => json(res, { success: false, error: { code: 'forbidden' } }, 403);
    const bodies = new Set<string>();
    for (const company of [COMPANY.acme, COMPANY.solo, '99999999-9999-4999-8999-999999999999']) {
      const token = await stage.token('drew');
      const headers = { authorization: `Bearer ${token}`, 'x-org': company, 'x-request-id': 'the-same-one' };
      const response = await stage.call(EXPENSES, { user: null, company: null, headers });
      bodies.add((await response.text()).replace(/"decisionId":"[^"]*"/, ''));
    }
    expect([...bodies]).to.have.lengthOf(1);
    expect([...bodies][0]).to.include('no_membership');
  });

  it('answers two users each with the other’s access: neither gets it', async () => {
    const waiting: ServerResponse[] = [];
    behave = (_, res) => waiting.push(res);
    const both = [outcome(EXPENSES, 'ana'), outcome(EXPENSES, 'ben')];
    await until(() => waiting.length === 2);
    const order = asked.map(({ headers }) => subjectOf(headers.authorization!));
    waiting.forEach((res, i) => json(res, answerOf(order[1 - i]!, COMPANY.acme)));
    for (const answer of await Promise.all(both)) isUnavailable(answer);
  });

  it('what was remembered before it fell silent is used no longer than the bound, and then it is a 503', async () => {
    const brief = await openStage({
      env: {
        ACCESS_SOURCE: 'auth',
        AUTH_URL: auth.url,
        INTERNAL_API_KEY: KEY,
        ACCESS_MAX_STALENESS_MS: '200',
      },
    });
    const status = async () => {
      const response = await brief.call(EXPENSES);
      await response.text();
      return response.status;
    };
    await until(async () => (await status()) === 200);
    behave = (_, res) => json(res, '', 500);
    const began = performance.now();
    let last = began;
    await until(async () => {
      const sent = performance.now();
      if ((await status()) === 503) return true;
      last = sent;
      return false;
    });
    expect(last - began).to.be.at.most(200);
    for (let i = 0; i < 5; i += 1) expect(await status()).to.equal(503);
    await brief.close();
  });

  it('is left alone after five failures in a row, and asked again once it is well', async () => {
    const access = async () => {
      const { checks } = (await (await fetch(`${stage.gateway.adminUrl}/readyz`)).json()) as {
        checks: { access: { status: string } };
      };
      return checks.access.status;
    };
    expect(await access()).to.equal('ok');
    behave = (_, res) => json(res, '', 503);
    for (let i = 0; i < 5; i += 1) isUnavailable(await outcome());
    expect(await access()).to.equal('failed');
    expect((await fetch(`${stage.gateway.adminUrl}/readyz`)).status).to.equal(503);
    asked.length = 0;
    for (let i = 0; i < 20; i += 1) isUnavailable(await outcome());
    expect(asked.filter(({ headers }) => headers.authorization)).to.have.lengthOf(0);
    const metrics = await (await fetch(`${stage.gateway.adminUrl}/metrics`)).text();
    expect(metrics).to.match(/^kisum_auth_open 1$/m);
    // Whatever it says for itself, it is there.
    behave = (_, res) => json(res, { success: false }, 401);
    await until(async () => (await access()) === 'ok');
    expect(asked.every(({ headers }) => headers['x-internal-api-key'] === KEY)).to.equal(true);
  });

  it('that only refuses is not left alone: 401 and 403 are answers', async () => {
    for (const status of [401, 403, 400]) {
      behave = (_, res) => json(res, '', status);
      for (let i = 0; i < 7; i += 1) await outcome();
      expect(asked.length).to.be.at.least(7);
      asked.length = 0;
    }
  });

  it('answers more than it was asked: what is left over answers nobody', async () => {
    const body = JSON.stringify(good());
    const ok = (text: string) =>
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
    const bytes = await serveBytes((socket) => socket.write(ok('{}') + ok(body)));
    const split = await openStage({
      env: { ACCESS_SOURCE: 'auth', AUTH_URL: bytes.url, INTERNAL_API_KEY: KEY },
    });
    for (let i = 0; i < 3; i += 1) isUnavailable(await refused(await split.call(EXPENSES)));
    await split.close();
    bytes.close();
  });

  it('nothing that was shown or logged holds the key or a token', async () => {
    for (const path of ['/metrics', '/readyz']) {
      shown.push(await (await fetch(stage.gateway.adminUrl + path)).text());
    }
    const everything = [...shown, ...stage.lines.map((line) => JSON.stringify(line))].join('\n');
    expect(everything).to.not.include(KEY);
    expect(signatures.filter((it) => everything.includes(it))).to.deep.equal([]);
    expect(stage.lines.some((line) => JSON.stringify(line).includes('Auth answered 500'))).to.equal(true);
  });
});

function subjectOf(authorization: string): string {
  const [, payload = ''] = authorization.split('.');
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string }).sub;
}
