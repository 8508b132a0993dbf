import { expect } from 'chai';
import { assertionSigner } from '../support/gateway-keys.ts';
import { demoModule, serve, type Served } from '../support/demo.ts';
import { call, type SentHeaders } from '../support/http.ts';

const MEGABYTE = 1024 * 1024;

describe('a request’s input', () => {
  const seen: unknown[] = [];
  let served: Served;
  let assertion: string;

  before(async () => {
    const { definition } = demoModule({
      'thing.create': {
        body: {
          type: 'object',
          additionalProperties: false,
          required: ['name', 'size'],
          properties: { name: { type: 'string' }, size: { type: 'integer' } },
        },
        handle: ({ body }) => (seen.push(body), { status: 201, data: body, headers: { location: '/here' } }),
      },
      'thing.list': {
        query: {
          type: 'object',
          properties: { limit: { type: 'integer', maximum: 9, default: 5 }, tag: { type: 'string' } },
        },
        handle: ({ query }) => ({ data: query }),
      },
    });
    const signer = await assertionSigner('demo');
    assertion = await signer.sign({ permissions: ['demo.thing.view', 'demo.thing.create'] });
    served = await serve(definition, { assertionKeys: signer.jwks });
  });
  after(() => served.close());
  beforeEach(() => void seen.splice(0));

  const post = (raw: string | Buffer, headers: SentHeaders = { 'content-type': 'application/json' }) =>
    call(`${served.url}/api/demo/things`, {
      method: 'POST',
      headers: { 'x-kisum-assertion': assertion, ...headers },
      raw,
    });
  const list = (query: string) =>
    call(`${served.url}/api/demo/things${query}`, { headers: { 'x-kisum-assertion': assertion } });

  it('reaches the handler when it is right', async () => {
    const { status, headers } = await post('{"name":"a","size":1}', {
      'content-type': 'application/json; charset=UTF-8',
    });
    expect(status).to.equal(201);
    expect(headers['location']).to.equal('/here');
    expect(seen).to.deep.equal([{ name: 'a', size: 1 }]);
  });

  it('is refused with every faulty field at once', async () => {
    const { status, body } = await post('{"size":"1","color":2,"__proto__":{"name":"x"}}');
    expect(status).to.equal(400);
    expect(body.error).to.deep.include({ code: 'validation_error' });
    expect(Object.keys(body.error.fields)).to.have.members(['name', 'size', 'color', '__proto__']);
    expect(seen).to.deep.equal([]);
  });

  const refused: [string, number, () => ReturnType<typeof post>][] = [
    ['no JSON', 400, () => post('{"name":')],
    ['no body', 400, () => post('')],
    ['a list', 400, () => post('[]')],
    ['null', 400, () => post('null')],
    ['broken UTF-8', 400, () => post(Buffer.from('{"name":"\xc3(","size":1}', 'latin1'))],
    ['deep nesting', 400, () => post('['.repeat(100_000) + ']'.repeat(100_000))],
    [
      'another content type',
      415,
      () => post('name=a', { 'content-type': 'application/x-www-form-urlencoded' }),
    ],
    ['no content type', 415, () => post('{}', {})],
    ['another charset', 415, () => post('{}', { 'content-type': 'application/json; charset=latin1' })],
    [
      'an encoding',
      415,
      () => post('{}', { 'content-type': 'application/json', 'content-encoding': 'gzip' }),
    ],
    ['more than a megabyte', 413, () => post('"'.padEnd(MEGABYTE + 1, ' '))],
    [
      'more than a megabyte in chunks',
      413,
      () =>
        post('"'.padEnd(MEGABYTE + 1, ' '), {
          'content-type': 'application/json',
          'transfer-encoding': 'chunked',
        }),
    ],
  ];
  for (const [what, status, send] of refused) {
    it(`is refused with ${what}: ${status}`, async () => {
      expect((await send()).status).to.equal(status);
      expect(seen).to.deep.equal([]);
    });
  }

  it('has its query read by type, with defaults, and leaves the undeclared alone', async () => {
    expect((await list('?limit=7&tag=a&x=1&x=2')).body.data).to.deep.include({ limit: 7, tag: 'a' });
    expect((await list('')).body.data).to.deep.equal({ limit: 5 });
    for (const query of ['?limit=10', '?limit=x', '?limit=1&limit=2', '?tag=a&tag=b']) {
      const { status, body } = await list(query);
      expect(status, query).to.equal(400);
      expect(Object.keys(body.error.fields)).to.have.length(1);
    }
  });
});
