import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import { refused } from '../support/refused.ts';
import { serve, type TestServer } from '../support/servers.ts';
import { openStage, USER, type Stage } from '../support/stage.ts';
import { signToken, testKey, type TestKey } from '../support/token.ts';
import { until } from '../support/until.ts';

const EVENTS = '/api/promoter/events';

describe("Auth's keys, seen from outside", () => {
  let stage: Stage;
  let auth: TestServer;
  let answer: RequestListener;
  let fetches = 0;
  let key: TestKey;

  const publish = (...keys: TestKey[]) => {
    answer = (_, res) => res.end(JSON.stringify({ keys: keys.map(({ publicJwk }) => publicJwk) }));
  };
  const fail: RequestListener = (_, res) => res.writeHead(500).end('down');
  const status = async (token: string, path = EVENTS) => {
    const response = await stage.call(path, { user: null, headers: { authorization: `Bearer ${token}` } });
    await response.text();
    return response.status;
  };
  const ready = async () => {
    const response = await fetch(`${stage.gateway.adminUrl}/readyz`);
    const { status, checks } = (await response.json()) as {
      status: string;
      checks: { jwks: { status: string } };
    };
    return `${response.status} ${status} ${checks.jwks.status}`;
  };

  before(async () => {
    key = await testKey('first');
    answer = fail;
    auth = await serve((req, res) => {
      fetches += 1;
      answer(req, res);
    });
    stage = await openStage({
      env: { AUTH_JWKS_URL: auth.url, JWKS_MAX_AGE_MS: '100', JWKS_COOLDOWN_MS: '20' },
    });
  });
  after(async () => {
    await stage.close();
    auth.close();
  });

  it('down since the start: 503 for what could be a token, 401 for what cannot, and not ready', async () => {
    expect(await ready()).to.equal('503 not_ready failed');
    const response = await stage.call(EVENTS, {
      user: null,
      headers: { authorization: `Bearer ${await signToken(key, USER.ana)}` },
    });
    expect(response.headers.get('retry-after')).to.equal('1');
    expect(await refused(response)).to.include({ status: 503, code: 'service_unavailable' });
    expect(await status('not.a.token')).to.equal(401);
    expect(await status(await signToken(key, USER.ana, {}, { typ: 'id_token' }))).to.equal(401);
    expect(await status('x', '/api/checkout/plans')).to.equal(200);
    expect(stage.seen.filter(({ url }) => url === EVENTS)).to.deep.equal([]);
  });

  it('heals by itself, without a request that asks for keys', async () => {
    publish(key);
    await until(async () => (await ready()) === '200 ready ok');
    expect(await status(await signToken(key, USER.ana))).to.equal(200);
  });

  it('down later: known keys serve on, and readyz says degraded until it is well again', async () => {
    const remembered = await signToken(key, USER.ana);
    expect(await status(remembered)).to.equal(200);
    answer = fail;
    await until(async () => (await ready()) === '200 degraded degraded');
    expect(await status(remembered)).to.equal(200);
    expect(await status(await signToken(key, USER.ana, { jti: 'fresh' }))).to.equal(200);
    expect(await status(await signToken(await testKey('unknown'), USER.ana))).to.equal(401);
    publish(key);
    await until(async () => (await ready()) === '200 ready ok');
  });

  it('a new key serves at once, for many at a time', async () => {
    const next = await testKey('next');
    publish(next, key);
    const tokens = await Promise.all(
      Array.from({ length: 40 }, (_, i) => signToken(next, USER.ana, { jti: `${i}` })),
    );
    await until(async () => (await status(tokens[0]!)) === 200);
    const statuses = await Promise.all(tokens.map((token) => status(token)));
    expect(new Set(statuses)).to.deep.equal(new Set([200]));
    publish(key);
  });

  it('tokens of a removed key end, also those remembered, with no other token around', async () => {
    const leaked = await testKey('leaked');
    publish(key, leaked);
    const token = await signToken(leaked, USER.ana);
    await until(async () => (await status(token)) === 200);
    publish(key);
    await until(async () => (await status(token)) === 401);
    expect(await status(await signToken(key, USER.ana))).to.equal(200);
  });

  it('a flood of unknown keys asks Auth no oftener than the cool-down lets it', async () => {
    const stranger = await testKey('stranger');
    const begun = performance.now();
    fetches = 0;
    for (let round = 0; round < 10; round += 1) {
      const tokens = Array.from({ length: 10 }, (_, i) =>
        signToken(stranger, USER.ana, {}, { kid: `flood-${round}-${i}` }),
      );
      const statuses = await Promise.all(tokens.map(async (token) => status(await token)));
      expect(new Set(statuses)).to.deep.equal(new Set([401]));
    }
    expect(fetches).to.be.at.most(2 + (performance.now() - begun) / 20);
    expect(await status(await signToken(key, USER.ana))).to.equal(200);
  });
});
