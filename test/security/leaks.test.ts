import { expect } from 'chai';
import { generateAssertionKeys } from '../../gateway/assertion/keys.ts';
import { openDatabase } from '../../platform/database/database.ts';
import { embeddedDatabase, serverDatabase } from '../support/databases.ts';
import { openProxy } from '../support/proxy.ts';
import { COMPANY, openStage, type CallOptions, type Stage } from '../support/stage.ts';
import { assertionOf } from '../support/assertion.ts';
import { signToken, testKey } from '../support/token.ts';
import { until } from '../support/until.ts';

const INTERNAL = 'canary-internal-2b7e';
const PASSWORD = 'canary-password-91cd';
const COOKIE = 'canary-cookie-4f10';
const BODY = 'canary-body-aa37';
const QUERY = 'canary-query-60d2';

describe('leaks', () => {
  let keys: string;
  before(async () => (keys = await generateAssertionKeys()));

  /** Everything an outsider or a reader of the logs gets to see, request by request. */
  class Ears {
    readonly heard: string[] = [];
    readonly tokens: string[] = [];
    readonly stage: Stage;
    constructor(stage: Stage) {
      this.stage = stage;
    }

    async call(path: string, options: CallOptions = {}, token?: string): Promise<string> {
      const bearer = token ?? (await this.stage.token('ana', { jti: String(this.tokens.length) }));
      this.tokens.push(bearer);
      const response = await this.stage.call(path, {
        ...options,
        user: null,
        headers: { authorization: `Bearer ${bearer}`, cookie: `s=${COOKIE}`, ...options.headers },
      });
      const text = `${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`;
      this.heard.push(text);
      return text;
    }

    async listen(): Promise<string> {
      for (const path of ['/metrics', '/readyz', '/healthz']) {
        this.heard.push(await (await fetch(this.stage.gateway.adminUrl + path)).text());
      }
      const published = await fetch(`${this.stage.gateway.url}/.well-known/gateway-jwks.json`);
      this.heard.push(await published.text());
      return [...this.heard, ...this.stage.lines.map((line) => JSON.stringify(line))].join('\n');
    }
  }

  const secretsOf = ({ tokens, stage }: Ears) => {
    const [{ d }] = (JSON.parse(keys) as { keys: [{ d: string }] }).keys;
    // Of a token, what makes it one: its signature.
    const signatures = tokens.map((token) => token.split('.').at(-1)!).filter((it) => it.length > 20);
    const assertions = stage.seen
      .filter(({ headers }) => headers['x-kisum-assertion'])
      .map((seen) => assertionOf(seen).split('.').at(-1)!);
    expect([signatures.length, assertions.length].every((it) => it > 2)).to.equal(true);
    return [INTERNAL, PASSWORD, COOKIE, BODY, QUERY, d, ...signatures, ...assertions];
  };

  it('nothing of tokens, keys, passwords, cookies or bodies is heard, whatever becomes of a request', async () => {
    const stage = await openStage({
      // Without repeating what it was sent, and breaking off where it is finance.
      backend: (req, res) => {
        const { method = '', url = '', rawHeaders, headers } = req;
        stage.seen.push({ method, url, rawHeaders, headers, body: '' });
        if (url.startsWith('/api/finance')) req.socket.resetAndDestroy();
        else req.resume().on('end', () => res.end('{}'));
      },
      env: {
        INTERNAL_API_KEY: INTERNAL,
        ASSERTION_KEYS: keys,
        DATABASE_URL: `postgres://kisum:${PASSWORD}@127.0.0.1:1/x`,
        LOG_LEVEL: 'trace',
      },
    });
    const ears = new Ears(stage);
    try {
      await ears.call(`/api/finance/expenses?secret=${QUERY}`);
      await ears.call('/api/finance/expenses', { method: 'POST', body: JSON.stringify({ secret: BODY }) });
      await ears.call('/api/promoter/events');
      await ears.call('/api/nothing');
      await ears.call('/api/venue/venues');
      await ears.call('/api/promoter/events', { company: 'bluenote' });
      await ears.call('/api/promoter/events', { company: null });
      await ears.call('/api/promoter/%2e%2e/events');
      await ears.call('/api/checkout/plans');
      await ears.call('/api/promoter/events', {}, await signToken(await testKey('foreign'), 'x'));
      await ears.call('/api/promoter/events', {}, await stage.token('ana', { exp: 1 }));
      await ears.call('/api/promoter/events', {}, await stage.token('ana', { sub: 'nobody' }));
      await ears.call('/api/promoter/events', {}, await signToken(stage.key, 'module:finance'));
      await stage.db.raw('alter table auth.memberships rename to hidden');
      await stage.db.raw(`insert into core.version_changes (kind, company_id, version)
        values ('entitlement', '${COMPANY.acme}', 1000000)`);
      await until(async () => (await ears.call('/api/promoter/events')).startsWith('503'));
      const everything = await ears.listen();
      for (const secret of secretsOf(ears)) {
        expect(everything.includes(secret), `heard: ${secret}`).to.equal(false);
      }
      for (const heard of ears.heard) {
        expect(heard).to.not.match(
          /node_modules|\.ts:\d+|at async|select |auth\.memberships|Bluenote|Lapsed/,
        );
      }
    } finally {
      await stage.db.raw('alter table if exists auth.hidden rename to memberships');
      await stage.close();
    }
  });

  it("the database's password is not heard when it goes away or refuses it", async function () {
    const database = await serverDatabase(this);
    const proxy = await openProxy(database.url);
    const db = await openDatabase({ url: proxy.url }, { timeoutMs: 300 });
    const stage = await openStage({
      database: {
        db,
        drop: async () => {
          await db.destroy();
          proxy.close();
          await database.drop();
        },
      },
      env: { DB_TIMEOUT_MS: '300', ACCESS_MAX_STALENESS_MS: '200', DATABASE_URL: database.url },
    });
    const ears = new Ears(stage);
    try {
      await ears.call('/api/promoter/events');
      proxy.cut();
      await until(async () => (await ears.call('/api/promoter/events')).startsWith('503'));
      const { password } = new URL(database.url);
      expect(password).to.have.length.greaterThan(10);
      expect((await ears.listen()).includes(password)).to.equal(false);
      const wrong = Object.assign(new URL(database.url), { password: PASSWORD }).href;
      const refused = await openDatabase({ url: wrong });
      const error = await refused.raw('select 1').then(
        () => undefined,
        (thrown: unknown) => thrown as Error,
      );
      await refused.destroy();
      expect(error).to.be.instanceOf(Error);
      expect(JSON.stringify(error) + error!.message + error!.stack).to.not.include(PASSWORD);
    } finally {
      await stage.close();
    }
  });

  it('what is logged of a request names it, and is one line', async () => {
    const stage = await openStage({ database: await embeddedDatabase() });
    try {
      await stage.call('/api/finance/expenses', { headers: { 'x-request-id': 'mine-1' } });
      await until(() => stage.lines.some(({ requestId }) => requestId === 'mine-1'));
      const lines = stage.lines.filter(({ requestId }) => requestId === 'mine-1');
      expect(lines).to.have.lengthOf(1);
      expect(lines[0]).to.include({
        companyId: COMPANY.acme,
        endpoint: 'GET /api/finance/expenses',
        action: 'finance.expense.view',
        result: 'allowed',
        status: 200,
      });
      expect(lines[0]).to.include.keys('userId', 'decisionId', 'revision', 'versions', 'latencyMs');
    } finally {
      await stage.close();
    }
  });
});
