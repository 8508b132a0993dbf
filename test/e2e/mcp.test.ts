import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { expect } from 'chai';
import { grantModule, grantPermission } from '../../platform/auth/memberships.ts';
import type { Database } from '../../platform/database/database.ts';
import { all, eventsOf } from '../support/events.ts';
import { embeddedDatabase, serverDatabase, type TestDatabase } from '../support/databases.ts';
import { COMPANY, USER } from '../support/stage.ts';
import { until } from '../support/until.ts';
import { openWorld, type World } from '../support/world.ts';

const ANALYTIC = { metric: 'tickets', period_start: '2027-03-01', period_end: '2027-05-31', value: 1 };
const PREDICTION = { kind: 'demand', horizon: '2027-06-18', value: 1, confidence: 80, model: 'baseline' };

type Name = keyof typeof USER;
type Company = keyof typeof COMPANY;

function suite(open: (test: Mocha.Context) => Promise<TestDatabase>): void {
  let world: World;
  let db: Database;
  const clients: Client[] = [];
  const faults: Error[] = [];

  before(async function () {
    this.timeout(120_000);
    const database = await open(this);
    db = database.db;
    world = await openWorld(database);
    for (const [user, company] of [
      ['ana', 'acme'],
      ['cleo', 'bluenote'],
    ] as const) {
      const rows = {
        analytics: { ...ANALYTIC, name: `Sales of ${company}` },
        predictions: { ...PREDICTION, name: `Crowd of ${company}` },
      };
      for (const [plural, row] of Object.entries(rows)) {
        const made = await world.call(user, COMPANY[company], `/api/ai/${plural}`, row);
        expect(made.status, await made.text()).to.equal(201);
      }
    }
  });
  afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));
  after(() => world?.close());

  const connect = async (user: Name, company: Company): Promise<Client> => {
    const client = new Client({ name: 'test', version: '1' });
    clients.push(client);
    client.onerror = (error) => void faults.push(error);
    const headers = { authorization: `Bearer ${await world.token(user)}`, 'x-org': COMPANY[company] };
    const url = new URL('/api/ai/mcp', world.url);
    await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers } }));
    return client;
  };
  const names = async (client: Client) => (await client.listTools()).tools.map(({ name }) => name);
  const rows = async (client: Client, name: string) => {
    const { structuredContent } = await client.callTool({ name, arguments: { limit: 10 } });
    return (structuredContent as { data: { name: string }[] }).data.map((row) => row.name);
  };

  it('the official client connects, and finds and calls the tools of its user', async () => {
    const client = await connect('ana', 'acme');
    expect(client.getServerVersion()).to.include({ name: 'kisum-ai' });
    await client.ping();
    expect(await names(client)).to.deep.equal(['list_predictions', 'list_analytics', 'list_scorings']);
    expect(await rows(client, 'list_analytics')).to.deep.equal(['Sales of acme']);
    expect(faults).to.deep.equal([]);
  });

  it('a venue without promoter has the same, of its own rows', async () => {
    const client = await connect('cleo', 'bluenote');
    expect(await rows(client, 'list_predictions')).to.deep.equal(['Crowd of bluenote']);
    expect(await rows(client, 'list_analytics')).to.deep.equal(['Sales of bluenote']);
  });

  it('nobody enters without token, membership, add-on or permission', async () => {
    const refused = async (user: Name, company: Company) => {
      const error = await connect(user, company).then(
        () => undefined,
        (fault: Error) => fault,
      );
      return (error as { code?: number } | undefined)?.code;
    };
    expect(await refused('drew', 'acme')).to.equal(403);
    expect(await refused('ana', 'bluenote')).to.equal(403);
    expect(await refused('sol', 'solo')).to.equal(403);
    expect(await refused('ben', 'acme')).to.equal(403);
    expect((await fetch(new URL('/api/ai/mcp', world.url), { method: 'POST' })).status).to.equal(401);
    expect((await fetch(new URL('/api/ai/mcp', world.url))).status).to.equal(401);
  });

  it('one who may see analytics alone has one tool, and only analytics to talk about', async () => {
    const ben = { userId: USER.ben, companyId: COMPANY.acme };
    await grantModule(db, ben, 'ai', 'test');
    await grantPermission(db, ben, 'ai.analytic.view', 'test');
    const listed = () => world.call('ben', COMPANY.acme, '/api/ai/analytics');
    await until(async () => (await listed()).status === 200);
    const client = await connect('ben', 'acme');
    expect(await names(client)).to.deep.equal(['list_analytics']);
    const hidden = await client.callTool({ name: 'list_predictions' }).then(
      () => undefined,
      (error: { code: number }) => error.code,
    );
    expect(hidden).to.equal(-32602);

    const question = { messages: [{ from: 'user', text: 'Summarise everything you know' }] };
    const chat = await world.call('ben', COMPANY.acme, '/api/ai/chat', question);
    const told = JSON.stringify(await all(eventsOf(chat)));
    expect(told).to.include('ai.analytic').and.not.include('ai.prediction').and.not.include('Crowd');
  });

  it('the gateway passes the transport’s own answers on: 405 for a stream, 406, 202', async () => {
    const post = (message: object) => world.call('ana', COMPANY.acme, '/api/ai/mcp', message);
    const listen = await world.call('ana', COMPANY.acme, '/api/ai/mcp');
    expect([listen.status, listen.headers.get('allow')]).to.deep.equal([405, 'POST']);
    const end = await world.call('ana', COMPANY.acme, '/api/ai/mcp', undefined, 'DELETE');
    expect(end.status).to.equal(405);
    expect((await post({ jsonrpc: '2.0', method: 'notifications/initialized' })).status).to.equal(202);
  });

  it('a search finds the passages of the company it is made for', async () => {
    const found = await world.call('cleo', COMPANY.bluenote, '/api/ai/rag/search', { query: 'crowd sales' });
    const { data } = (await found.json()) as { data: { text: string }[] };
    expect(data).to.have.length(2);
    expect(JSON.stringify(data)).to.include('of bluenote').and.not.include('of acme');
  });
}

describe('MCP through the gateway', () => {
  describe('on the embedded database', () => suite(embeddedDatabase));
  describe('on a real server', () => suite((test) => serverDatabase(test)));
});
