import { join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import { startAuth } from '../../cli/start/auth.ts';
import { serveModules } from '../../cli/start/serve-modules.ts';
import { registerModules } from '../../cli/operations/apply-catalog.ts';
import { generateAssertionKeys } from '../../gateway/assertion/keys.ts';
import { readConfig } from '../../gateway/config.ts';
import { startGateway } from '../../gateway/gateway.ts';
import { openAuthKeys } from '../../platform/auth/keys.ts';
import { issueToken } from '../../platform/auth/tokens.ts';
import { addAddon } from '../../platform/core/subscriptions.ts';
import { seedDemo } from '../../platform/demo.ts';
import { temporaryHome } from '../support/cli.ts';
import { embeddedDatabase, serverDatabase, type TestDatabase } from '../support/databases.ts';
import { COMPANY, USER } from '../support/stage.ts';

const issuer = 'kisum-auth';
const audience = 'gateway';
const internalApiKey = 'test-internal-api-key';
const log = pino({ level: 'silent' });

interface World {
  call: (user: keyof typeof USER, company: string, path: string, body?: object) => Promise<Response>;
  close: () => Promise<void>;
}

/** The whole platform with its real modules: Auth, gateway, promoter and finance. */
async function openWorld({ db, drop }: TestDatabase): Promise<World> {
  const keysFile = join(await temporaryHome(), 'auth-keys.json');
  const keys = await openAuthKeys(keysFile);
  const manifests = await registerModules(db);
  await seedDemo(db);
  const auth = await startAuth({
    db,
    keys,
    keysFile,
    issuer,
    audience,
    internalApiKey,
    log,
    url: 'http://127.0.0.1:0',
  });
  const config = await readConfig({
    PORT: '0',
    ADMIN_PORT: '0',
    DATABASE_URL: 'postgres://unused',
    AUTH_URL: auth.url,
    AUTH_ISSUER: issuer,
    AUTH_AUDIENCE: audience,
    ASSERTION_KEYS: await generateAssertionKeys(),
  });
  const gateway = await startGateway(config, db, log);
  const modules = await serveModules(manifests, {
    db,
    logger: log,
    assertionKeys: config.assertionKeys.jwks,
    auth: { url: auth.url, issuer, audience },
    gatewayUrl: gateway.url,
    internalApiKey,
  });
  await gateway.catalogIsCurrent();
  return {
    call: async (user, company, path, body) => {
      const token = await issueToken(keys, {
        user: { id: USER[user], tokenVersion: 1 },
        issuer,
        audience,
        ttl: 60,
      });
      return fetch(gateway.url + path, {
        method: body ? 'POST' : 'GET',
        headers: { authorization: `Bearer ${token}`, 'x-org': company, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
    },
    close: async () => {
      await gateway.drain();
      for (const module of modules) await module.close();
      await auth.close();
      await drop();
    },
  };
}

const expense = (eventId: string) => ({
  amount: '120.50',
  currency: 'EUR',
  date: '2027-01-01',
  category: 'stage',
  event_id: eventId,
});

function suite(open: (test: Mocha.Context) => Promise<TestDatabase>): void {
  let world: World;
  let event: { acme: string; bluenote: string };

  before(async function () {
    const database = await open(this);
    const { db } = database;
    world = await openWorld(database);
    await addAddon(
      db,
      COMPANY.bluenote,
      'finance',
      { status: 'active', startsAt: new Date('2020-01-01'), endsAt: null },
      'test',
    );
    const add = async (company: string) => {
      const row = { company_id: company, name: 'Opening night', starts_at: new Date('2027-01-01') };
      const [added] = await db('promoter.event').insert(row, 'id');
      return (added as { id: string }).id;
    };
    event = { acme: await add(COMPANY.acme), bluenote: await add(COMPANY.bluenote) };
  });
  after(() => world?.close());

  it('finance reads the events of a company that has promoter', async () => {
    const created = await world.call('ana', COMPANY.acme, '/api/finance/expenses', expense(event.acme));
    expect(created.status, await created.clone().text()).to.equal(201);
    const { data } = (await created.json()) as { data: { id: string } };
    const expanded = await world.call('ana', COMPANY.acme, `/api/finance/expenses/${data.id}?expand=event`);
    expect(await expanded.json()).to.have.nested.property('data.event.name', 'Opening night');
  });

  it('and of one that has not, while its people still cannot', async () => {
    const created = await world.call(
      'cleo',
      COMPANY.bluenote,
      '/api/finance/expenses',
      expense(event.bluenote),
    );
    expect(created.status, await created.clone().text()).to.equal(201);
    const direct = await world.call('cleo', COMPANY.bluenote, '/api/promoter/events');
    expect(direct.status).to.equal(403);
  });

  it("but never another company's", async () => {
    const refused = await world.call('cleo', COMPANY.bluenote, '/api/finance/expenses', expense(event.acme));
    expect(refused.status, await refused.clone().text()).to.equal(400);
    expect(await refused.json()).to.have.nested.property('error.code', 'validation_error');
  });
}

describe('finance reads events by the module-to-Base rule', () => {
  describe('on the embedded database', () => suite(embeddedDatabase));
  describe('on a real server', () => suite((test) => serverDatabase(test)));
});
