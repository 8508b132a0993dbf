import { expect } from 'chai';
import { all, eventsOf } from '../../support/events.ts';
import { aiServices, CANARY, SCORING } from '../support/ai.ts';
import type { Sent, Services } from '../support/services.ts';

const BOTH = 'application/json, text/event-stream';

describe('ai.mcp', () => {
  let services: Services;

  before(async function () {
    this.timeout(120_000);
    services = await aiServices();
  });
  after(() => services.close());

  const post = (json: unknown, sent: Sent = {}) =>
    services.send('POST', '/mcp', { json, ...sent, headers: { accept: BOTH, ...sent.headers } });
  const ask = (method: string, params?: object, sent: Sent = {}) =>
    post({ jsonrpc: '2.0', id: 7, method, params }, sent);
  const names = async (permissions?: string[]) => {
    const { body } = await ask('tools/list', {}, permissions ? { permissions } : {});
    return (body.result.tools as { name: string }[]).map(({ name }) => name);
  };
  const callTool = async (name: string, args: object = {}, sent: Sent = {}) =>
    (await ask('tools/call', { name, arguments: args }, sent)).body;

  it('agrees on a revision: the client’s where it is spoken here, or else the newest', async () => {
    const agreed = async (protocolVersion: string) =>
      (
        await ask('initialize', {
          protocolVersion,
          capabilities: {},
          clientInfo: { name: 't', version: '1' },
        })
      ).body.result;
    expect(await agreed('2025-06-18')).to.include({ protocolVersion: '2025-06-18' });
    expect(await agreed('2025-11-25')).to.deep.include({
      protocolVersion: '2025-11-25',
      capabilities: { tools: {} },
    });
    expect(await agreed('2024-11-05')).to.include({ protocolVersion: '2025-11-25' });
    expect((await ask('initialize', {})).body.error.code).to.equal(-32602);
  });

  it('answers a ping under the id it came with', async () => {
    expect((await ask('ping')).body).to.deep.equal({ jsonrpc: '2.0', id: 7, result: {} });
    expect((await post({ jsonrpc: '2.0', id: 'a', method: 'ping' })).body.id).to.equal('a');
  });

  it('accepts what wants no answer: 202 and nothing more', async () => {
    for (const message of [
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } },
      { jsonrpc: '2.0', id: 1, result: {} },
      { jsonrpc: '2.0', id: 1, error: { code: 1, message: 'x' } },
    ])
      expect(await post(message)).to.include({ status: 202, body: undefined });
  });

  it('answers as an event where the client wants that, and 406 where it wants neither', async () => {
    const json = { jsonrpc: '2.0', id: 1, method: 'ping' };
    const response = await services.open('POST', '/mcp', { json, headers: { accept: 'text/event-stream' } });
    expect(response.headers.get('content-type')).to.equal('text/event-stream');
    const [event, ...more] = await all(eventsOf(response));
    expect([JSON.parse(event!.data!), more]).to.deep.equal([{ jsonrpc: '2.0', id: 1, result: {} }, []]);
    const html = await ask('ping', {}, { headers: { accept: 'text/html' } });
    expect([html.status, html.body.error.code]).to.deep.equal([406, -32600]);
  });

  it('refuses a revision that is not spoken here', async () => {
    const under = (version: string) => ask('ping', {}, { headers: { 'mcp-protocol-version': version } });
    for (const version of ['2025-11-25', '2025-06-18', '2025-03-26'])
      expect((await under(version)).status, version).to.equal(200);
    for (const version of ['2024-11-05', 'x']) expect((await under(version)).status, version).to.equal(400);
  });

  const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
  const broken: [string, unknown][] = [
    ['a batch', [ping]],
    ['an empty batch', []],
    ['another JSON-RPC', { ...ping, jsonrpc: '1.0' }],
    ['no method', { jsonrpc: '2.0', id: 1 }],
    ['a method that is no text', { ...ping, method: 7 }],
    ['a list of parameters', { ...ping, params: [] }],
    ['an id that is null', { ...ping, id: null }],
    ['an id with a fraction', { ...ping, id: 1.5 }],
    ['a text', 'ping'],
    ['nothing', null],
  ];
  for (const [what, message] of broken) {
    it(`refuses ${what}: 400 and an invalid request`, async () => {
      const { status, body } = await post(message);
      expect([status, body.id, body.error.code]).to.deep.equal([400, null, -32600]);
    });
  }

  it('refuses what is no JSON, and what is too much of it', async () => {
    expect((await services.send('POST', '/mcp', { headers: { accept: BOTH } })).status).to.equal(415);
    expect((await post({ ...ping, params: { x: 'x'.repeat(1024 * 1024) } })).status).to.equal(413);
  });

  it('knows no other method, also none of a prototype', async () => {
    for (const method of ['resources/list', 'constructor', '__proto__', 'toString'])
      expect((await ask(method)).body).to.deep.include({
        id: 7,
        error: { code: -32601, message: 'there is no such method' },
      });
  });

  it('has nothing to listen to and no session to end: 405', async () => {
    for (const method of ['GET', 'DELETE']) {
      const { status, headers, body } = await services.send(method, '/mcp');
      expect([status, headers['allow'], body.error.code]).to.deep.equal([405, 'POST', -32600]);
    }
  });

  it('offers a tool for each kind of data, each with what it takes', async () => {
    const { tools } = (await ask('tools/list')).body.result;
    expect(await names()).to.deep.equal(['list_predictions', 'list_analytics', 'list_scorings']);
    for (const { inputSchema, annotations } of tools) {
      expect(inputSchema).to.deep.include({ type: 'object', additionalProperties: false });
      expect(annotations.readOnlyHint).to.equal(true);
    }
    expect((await ask('tools/list', { cursor: 'x' })).body.error.code).to.equal(-32602);
  });

  it('calls one, narrowed and paged like the list it stands for', async () => {
    const { result } = await callTool('list_scorings', { subject_kind: 'artist', limit: 1 });
    expect(result.isError).to.equal(false);
    expect(result.structuredContent.data[0]).to.include(SCORING);
    expect(result.structuredContent.page).to.deep.equal({ next: null });
    expect(JSON.parse(result.content[0].text)).to.deep.equal(result.structuredContent);
    expect(
      (await callTool('list_scorings', { subject_kind: 'venue' })).result.structuredContent.data,
    ).to.deep.equal([]);
  });

  it('tells the model what is wrong with its arguments', async () => {
    for (const wrong of [{ limit: 1000 }, { company_id: 'x' }, { cursor: 'x' }, { subject_kind: 'x' }]) {
      const { result } = await callTool('list_scorings', wrong);
      expect(result.isError).to.equal(true);
      expect(result.content[0].text).to.include(Object.keys(wrong)[0]);
    }
    expect((await callTool('list_scorings', 'x' as never)).result.isError).to.equal(true);
  });

  it('offers and calls only what its user may see', async () => {
    const permissions = ['ai.analytic.view'];
    expect(await names(permissions)).to.deep.equal(['list_analytics']);
    const hidden = await callTool('list_scorings', {}, { permissions });
    const unknown = await callTool('list_secrets', {}, { permissions });
    expect(hidden.error).to.deep.equal({ code: -32602, message: 'there is no such tool' });
    expect(hidden).to.deep.equal(unknown);
    expect((await callTool('list_analytics', {}, { permissions })).result.isError).to.equal(false);
    expect((await ask('ping', {}, { permissions: ['ai.scoring.view'] })).status).to.equal(403);
  });

  it("never gives another company's rows", async () => {
    for (const name of await names()) {
      const { result } = await callTool(name, { limit: 100 });
      expect(result.structuredContent.data).to.have.length(1);
      expect(JSON.stringify(result)).not.to.include(CANARY);
    }
  });
});
