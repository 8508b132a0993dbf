import { expect } from 'chai';
import { pino } from 'pino';
import { generateAssertionKeys } from '../../gateway/assertion/keys.ts';
import { readConfig } from '../../gateway/config.ts';
import { startGateway, type Gateway } from '../../gateway/gateway.ts';
import { openDatabase, type Database } from '../../platform/database/database.ts';
import { serverDatabase } from '../support/databases.ts';
import { openProxy, type Proxy } from '../support/proxy.ts';
import { refused } from '../support/refused.ts';
import { COMPANY, openStage, USER, type Stage } from '../support/stage.ts';
import { AUDIENCE, ISSUER } from '../support/token.ts';
import { until } from '../support/until.ts';

const EVENTS = '/api/promoter/events';
const PLANS = '/api/checkout/plans';

describe('open on failure: what cannot be known is a 503', () => {
  describe('on a real PostgreSQL that goes away', () => {
    let stage: Stage;
    let proxy: Proxy;
    let server: Database;
    let url: string;

    before(async function () {
      const database = await serverDatabase(this);
      server = database.db;
      url = database.url;
      proxy = await openProxy(url);
      const db = await openDatabase({ url: proxy.url }, { timeoutMs: 300 });
      const drop = async () => {
        await db.destroy();
        proxy.close();
        await database.drop();
      };
      stage = await openStage({
        database: { db, drop },
        env: { DB_TIMEOUT_MS: '300', ACCESS_MAX_STALENESS_MS: '400' },
      });
    });
    after(() => stage?.close());

    const status = async (path: string, options: Parameters<Stage['call']>[1] = {}) => {
      const response = await stage.call(path, options);
      await response.text();
      return response.status;
    };
    const ready = async () => (await fetch(`${stage.gateway.adminUrl}/readyz`)).status;

    const OUTAGES: Record<string, { begin: () => void | Promise<void>; end: () => void | Promise<void> }> = {
      'refuses connections': { begin: () => proxy.cut(), end: () => proxy.heal() },
      'takes connections and says nothing': { begin: () => proxy.hold(), end: () => proxy.heal() },
    };

    for (const [what, { begin, end }] of Object.entries(OUTAGES)) {
      it(`${what}: remembered access ends within its bound, then 503 for everyone, then heals`, async () => {
        await until(async () => (await status(EVENTS)) === 200);
        expect(await status(EVENTS, { user: 'drew' })).to.equal(403);
        await begin();

        const seen = new Set<number>();
        await until(async () => {
          const now = await status(EVENTS);
          seen.add(now);
          return now === 503;
        });
        expect([...seen].filter((it) => it !== 200 && it !== 503)).to.deep.equal([]);
        const reached = stage.seen.length;
        for (const user of ['ana', 'ben', 'drew'] as const) {
          const response = await stage.call(EVENTS, { user });
          expect(response.headers.get('retry-after')).to.equal('1');
          const answer = await refused(response);
          expect(answer).to.include({ status: 503, code: 'service_unavailable' });
          expect(answer).to.not.have.property('reasons');
        }
        expect(stage.seen.length).to.equal(reached);
        expect(await status(EVENTS, { user: null })).to.equal(401);
        expect(await status('/nothing', { user: null })).to.equal(401);
        expect(await status(PLANS, { user: null, company: null })).to.equal(200);
        await until(async () => (await ready()) === 503);

        await end();
        await until(async () => (await status(EVENTS)) === 200);
        await until(async () => (await ready()) === 200);
        expect(await status(EVENTS, { user: 'drew' })).to.equal(403);
      });
    }

    it('loses all connections at once: 200 or 503, and nothing else, then heals', async () => {
      await until(async () => (await status(EVENTS)) === 200);
      const seen = new Set<number>();
      await server.raw(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
      for (let i = 0; i < 30; i += 1) seen.add(await status(EVENTS));
      expect([...seen].filter((it) => it !== 200 && it !== 503)).to.deep.equal([]);
      await until(async () => (await status(EVENTS)) === 200);
    });

    it('a change made while nothing was heard is known before anything is allowed again', async () => {
      const expenses = () => status('/api/finance/expenses', { user: 'ben' });
      await until(async () => (await expenses()) === 200);
      proxy.cut();
      await until(async () => (await expenses()) === 503);
      await server('auth.permission_grants').where({ user_id: USER.ben }).delete();
      proxy.heal();
      await until(async () => (await expenses()) !== 503);
      expect(await expenses()).to.equal(403);
      for (let i = 0; i < 20; i += 1) expect(await expenses()).to.equal(403);
    });

    it('down at the start: alive, not ready, nothing allowed; serves by itself as soon as it is up', async () => {
      const late = await openProxy(url);
      late.cut();
      const db = await openDatabase({ url: late.url }, { timeoutMs: 300 });
      const config = await readConfig({
        PORT: '0',
        ADMIN_PORT: '0',
        DATABASE_URL: late.url,
        DB_TIMEOUT_MS: '300',
        AUTH_ISSUER: ISSUER,
        AUTH_AUDIENCE: AUDIENCE,
        AUTH_JWKS_URL: stage.jwks.url,
        ASSERTION_KEYS: await generateAssertionKeys(),
        UPSTREAMS: JSON.stringify({ promoter: stage.backend.url, checkout: stage.backend.url }),
        DRAIN_TIMEOUT_MS: '0',
      });
      const gateway: Gateway = await startGateway(config, db, pino({ level: 'silent' }));
      const headers = { authorization: `Bearer ${await stage.token('ana')}`, 'x-org': COMPANY.acme };
      const ask = async (path: string, init: RequestInit = {}) => {
        const response = await fetch(gateway.url + path, init);
        await response.text();
        return response.status;
      };
      try {
        expect(await ask(EVENTS, { headers })).to.equal(503);
        expect(await ask(EVENTS)).to.equal(503);
        expect(await ask('/healthz')).to.equal(200);
        expect(await ask('/readyz')).to.equal(503);
        expect(await ask('/.well-known/gateway-jwks.json')).to.equal(200);
        late.heal();
        await until(async () => (await ask(EVENTS, { headers })) === 200);
        await until(async () => (await ask('/readyz')) === 200);
        expect(await ask(PLANS)).to.equal(200);
      } finally {
        await gateway.drain();
        await db.destroy();
        late.close();
      }
    });
  });

  describe('on rows and questions that cannot be', () => {
    let stage: Stage;
    before(async () => (stage = await openStage()));
    after(() => stage.close());

    const outcome = async (user: keyof typeof USER, company: keyof typeof COMPANY, path: string) =>
      (await stage.call(path, { user, company })).status;

    const STRANGE: Record<string, { loosen: string; spoil: string; mend: string }> = {
      'a membership status nobody knows': {
        loosen: 'alter table auth.memberships drop constraint memberships_status',
        spoil: `update auth.memberships set status = 'owner' where user_id = '${USER.ben}'`,
        mend: `update auth.memberships set status = 'active' where user_id = '${USER.ben}'`,
      },
      'a permission that is empty': {
        loosen: `alter table auth.permission_grants drop constraint permission_grants_permission`,
        spoil: `insert into auth.permission_grants values ('${USER.ben}', '${COMPANY.acme}', '')`,
        mend: `delete from auth.permission_grants where permission_key = ''`,
      },
      'an access version below zero': {
        loosen: 'select 1',
        spoil: `update auth.access_versions set version = -version where user_id = '${USER.ben}';
                insert into core.version_changes (kind, user_id, company_id, version)
                values ('access', '${USER.ben}', '${COMPANY.acme}', 1000000)`,
        mend: `update auth.access_versions set version = 1000001 where user_id = '${USER.ben}'`,
      },
    };
    for (const [what, { loosen, spoil, mend }] of Object.entries(STRANGE)) {
      it(`${what}: 503 for this user, never a guess; others are served`, async () => {
        const ben = () => outcome('ben', 'acme', '/api/finance/expenses');
        await until(async () => (await ben()) === 200);
        for (const statement of `${loosen};${spoil}`.split(';')) await stage.db.raw(statement);
        await until(async () => (await ben()) === 503);
        for (let i = 0; i < 5; i += 1) expect(await ben()).to.equal(503);
        expect(await outcome('ana', 'acme', '/api/finance/expenses')).to.equal(200);
        await stage.db.raw(mend);
        await until(async () => (await ben()) === 200);
      });
    }

    it('a question too large for policy: 503 for who asks it, others are served', async () => {
      const venues = () => outcome('cleo', 'bluenote', '/api/venue/venues');
      expect(await venues()).to.equal(200);
      await stage.db.raw(`insert into core.module_permissions (key, module_key, title)
        select 'venue.${'x'.repeat(80)}' || n || '.view', 'venue', 'x' from generate_series(1, 3000) as n`);
      await stage.db.raw(`insert into auth.permission_grants (user_id, company_id, permission_key)
        select '${USER.cleo}', '${COMPANY.bluenote}', key from core.module_permissions where key like 'venue.xxx%'`);
      await until(async () => (await venues()) === 503);
      const response = await stage.call('/api/venue/venues', { user: 'cleo', company: 'bluenote' });
      expect(await refused(response)).to.include({ code: 'service_unavailable' });
      expect(await outcome('cleo', 'bluenote', '/api/ai/predictions')).to.equal(200);
      expect(await outcome('ana', 'acme', EVENTS)).to.equal(200);
      expect(await outcome('drew', 'bluenote', '/api/venue/venues')).to.equal(403);
    });
  });
});
