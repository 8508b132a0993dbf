import { expect } from 'chai';
import type { Answer, ModuleRequest } from '../../../modules/kit/handler.ts';
import { demoModule, serve, type Served } from '../support/demo.ts';
import { assertionSigner, type Signer } from '../support/gateway-keys.ts';
import { call, type SentHeaders } from '../support/http.ts';

describe('what a handler is given and answers', () => {
  let signer: Signer;
  let served: Served;
  let handle: (request: ModuleRequest) => Answer;

  before(async () => {
    const { definition } = demoModule({ 'thing.list': { handle: (request) => handle(request) } });
    signer = await assertionSigner('demo');
    served = await serve(definition, { assertionKeys: signer.jwks });
  });
  after(() => served.close());

  const get = async (headers: SentHeaders = {}, permissions = ['demo.thing.view']) => {
    const assertion = await signer.sign({ permissions });
    return call(`${served.url}/api/demo/things`, { headers: { 'x-kisum-assertion': assertion, ...headers } });
  };

  it('whether its user holds a permission', async () => {
    handle = (request) => ({ data: [request.may('demo.thing.view'), request.may('demo.thing.create')] });
    expect((await get()).body.data).to.deep.equal([true, false]);
  });

  it('no answer about a permission that its manifest does not give', async () => {
    handle = (request) => ({ data: request.may('demo.thing.veiw') });
    expect((await get({}, ['demo.thing.view', 'demo.thing.veiw'])).status).to.equal(500);
  });

  it('the headers that every route may read, and no other', async () => {
    handle = (request) => ({
      data: [request.header('last-event-id'), request.header('mcp-protocol-version')],
    });
    expect((await get({ 'last-event-id': '7', 'mcp-protocol-version': '1' })).body.data).to.deep.equal([
      '7',
      '1',
    ]);
    expect((await get({ 'mcp-protocol-version': ['1', '2'] })).status).to.equal(400);
    handle = (request) => ({ data: request.header('x-kisum-assertion') });
    expect((await get()).status).to.equal(500);
  });

  it('which media type the client would rather have', async () => {
    handle = (request) => ({ data: request.preferred('application/json', 'text/event-stream') ?? 'neither' });
    const preferred = async (accept?: string) => (await get(accept ? { accept } : {})).body.data as string;
    expect(await preferred()).to.equal('application/json');
    expect(await preferred('application/json, text/event-stream')).to.equal('application/json');
    expect(await preferred('text/event-stream, application/json;q=0.5')).to.equal('text/event-stream');
    expect(await preferred('text/html')).to.equal('neither');
  });

  it('JSON without the envelope, with headers of its own', async () => {
    handle = () => ({ status: 405, headers: { allow: 'POST' }, plain: { jsonrpc: '2.0' } });
    const { status, headers, body } = await get();
    expect([status, headers['allow'], body]).to.deep.equal([405, 'POST', { jsonrpc: '2.0' }]);
    expect(headers['content-type']).to.match(/^application\/json/);
  });

  it('nothing, under the status it says', async () => {
    handle = () => ({ status: 202 });
    expect(await get()).to.include({ status: 202, body: undefined });
    handle = () => ({});
    expect((await get()).status).to.equal(204);
  });

  it('the same request with another query', async () => {
    handle = (request) => {
      const other = request.withQuery({ limit: 3 });
      return { data: [request.query, other.query, other.company === request.company, other.path] };
    };
    expect((await get()).body.data).to.deep.equal([{}, { limit: 3 }, true, '/api/demo/things']);
  });
});
