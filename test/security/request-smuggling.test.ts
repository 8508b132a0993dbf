import { expect } from 'chai';
import { firstAnswer, raw } from '../support/raw.ts';
import { COMPANY, openStage, type Stage } from '../support/stage.ts';
import { openWire, statuses } from '../support/wire.ts';

const POST = 'POST /api/promoter/events HTTP/1.1';
const GET = 'GET /api/promoter/events HTTP/1.1';
const BODY = '{"a":1}';
const CHUNKED = `7\r\n${BODY}\r\n0\r\n\r\n`;

/** Two readers could see two different requests here: refused, and nothing more is read from the connection. */
const AMBIGUOUS: [what: string, start: string, lines: string[], body: string][] = [
  ['CL and TE', POST, ['content-length: 7', 'transfer-encoding: chunked'], CHUNKED],
  ['TE and CL', POST, ['transfer-encoding: chunked', 'content-length: 7'], CHUNKED],
  ['CL 0 and TE', POST, ['content-length: 0', 'transfer-encoding: chunked'], CHUNKED],
  ['two equal Content-Lengths', POST, ['content-length: 7', 'content-length: 7'], BODY],
  ['two different Content-Lengths', POST, ['content-length: 7', 'content-length: 0'], BODY],
  ['a list of Content-Lengths', POST, ['content-length: 7, 7'], BODY],
  ['a signed Content-Length', POST, ['content-length: +7'], BODY],
  ['a negative Content-Length', POST, ['content-length: -1'], BODY],
  ['a hexadecimal Content-Length', POST, ['content-length: 0x7'], BODY],
  ['a Content-Length with a space inside', POST, ['content-length: 0 7'], BODY],
  ['an empty Content-Length', POST, ['content-length:'], BODY],
  ['a Content-Length past all numbers', POST, ['content-length: 99999999999999999999'], BODY],
  ['Transfer-Encoding: xchunked', POST, ['transfer-encoding: xchunked'], CHUNKED],
  ['Transfer-Encoding: x, chunked', POST, ['transfer-encoding: x, chunked'], CHUNKED],
  ['Transfer-Encoding: chunked, x', POST, ['transfer-encoding: chunked, x'], CHUNKED],
  ['Transfer-Encoding: chunked, chunked', POST, ['transfer-encoding: chunked, chunked'], CHUNKED],
  ['Transfer-Encoding: identity', POST, ['transfer-encoding: identity'], CHUNKED],
  ['Transfer-Encoding: gzip, chunked', POST, ['transfer-encoding: gzip, chunked'], CHUNKED],
  ['Transfer-Encoding: "chunked"', POST, ['transfer-encoding: "chunked"'], CHUNKED],
  ['an empty Transfer-Encoding', POST, ['transfer-encoding:'], CHUNKED],
  ['two Transfer-Encodings', POST, ['transfer-encoding: chunked', 'transfer-encoding: chunked'], CHUNKED],
  ['x, then chunked', POST, ['transfer-encoding: x', 'transfer-encoding: chunked'], CHUNKED],
  ['chunked, then x', POST, ['transfer-encoding: chunked', 'transfer-encoding: x'], CHUNKED],
  ['a space before the colon', POST, ['transfer-encoding : chunked'], CHUNKED],
  ['a folded header', POST, ['transfer-encoding:\r\n chunked'], CHUNKED],
  ['a folded value', GET, ['accept: a\r\n b'], ''],
  ['a bare CR in a value', GET, ['accept: a\rx-org: b'], ''],
  ['a bare LF between lines', GET, ['accept: a\nx-forged: b'], ''],
  ['a leading space before the first line', GET, [' accept: a'], ''],
  ['a line without a colon', GET, ['nonsense'], ''],
  ['an empty name', GET, [': a'], ''],
  ['a name with a space', GET, ['x org: a'], ''],
  ['a NUL in a name', GET, ['x\x00org: a'], ''],
  ['two Hosts', GET, ['host: evil'], ''],
  ['HTTP/2.0 on the line', GET.replace('1.1', '2.0'), [], ''],
  ['HTTP/0.9 on the line', GET.replace('1.1', '0.9'), [], ''],
  ['HTTP/1.2 on the line', GET.replace('1.1', '1.2'), [], ''],
  ['http/1.1 in lower case', GET.replace('HTTP', 'http'), [], ''],
  ['a tab on the line', GET.replace('GET ', 'GET\t'), [], ''],
  ['a CR on the line', GET.replace(' HTTP', '\r HTTP'), [], ''],
  ['a body on a GET', GET, ['content-length: 7'], BODY],
  ['a chunked body on a GET', GET, ['transfer-encoding: chunked'], CHUNKED],
  ['a body on a HEAD', GET.replace('GET', 'HEAD'), ['content-length: 7'], BODY],
  ['a chunk size that is none', POST, ['transfer-encoding: chunked'], `x\r\n${BODY}\r\n0\r\n\r\n`],
  ['a signed chunk size', POST, ['transfer-encoding: chunked'], `+7\r\n${BODY}\r\n0\r\n\r\n`],
  ['a hexadecimal chunk size with 0x', POST, ['transfer-encoding: chunked'], `0x7\r\n${BODY}\r\n0\r\n\r\n`],
  [
    'a chunk size past all numbers',
    POST,
    ['transfer-encoding: chunked'],
    `fffffffffffffffff7\r\n${BODY}\r\n`,
  ],
  ['a chunk longer than its size', POST, ['transfer-encoding: chunked'], `3\r\n${BODY}\r\n0\r\n\r\n`],
  ['a chunk ended by LF', POST, ['transfer-encoding: chunked'], `7\n${BODY}\n0\n\n`],
  ['a bare LF in a chunk extension', POST, ['transfer-encoding: chunked'], `7;a\n${BODY}\r\n0\r\n\r\n`],
];

describe('request smuggling', () => {
  let stage: Stage;
  let identity: string[];
  before(async function () {
    this.timeout(120_000);
    stage = await openStage();
    identity = [`authorization: Bearer ${await stage.token('ana')}`, `x-org: ${COMPANY.acme}`];
  });
  after(() => stage.close());
  beforeEach(() => {
    stage.seen.length = 0;
    stage.lines.length = 0;
  });

  const request = (start: string, lines: string[], body = '') =>
    Buffer.from(`${[start, 'host: gateway', ...identity, ...lines].join('\r\n')}\r\n\r\n${body}`, 'latin1');
  const good = () => request('GET /api/finance/expenses HTTP/1.1', ['connection: close']);
  const urls = () => stage.seen.map(({ method, url }) => `${method} ${url}`);

  /** Whether a request for this path was so much as looked at: its line is logged whatever became of it. */
  const wasTaken = async (path: string) => {
    await (await stage.call('/api/promoter/events')).arrayBuffer();
    return stage.lines.some(({ endpoint }) => String(endpoint).includes(path));
  };

  for (const [what, start, lines, body] of AMBIGUOUS) {
    it(`${what}: 400, closed, and what follows is not served`, async () => {
      const text = await raw(stage.gateway.url, Buffer.concat([request(start, lines, body), good()]));
      expect(statuses(text)).to.deep.equal([400]);
      const { head, body: envelope } = firstAnswer(text);
      expect(head.toLowerCase()).to.include('connection: close');
      if (!start.startsWith('HEAD'))
        expect(JSON.parse(envelope)).to.have.nested.property('error.code', 'validation_error');
      expect(await wasTaken('/api/finance/expenses')).to.equal(false);
    });
  }

  it('no Host on HTTP/1.1: 400', async () => {
    const text = await raw(stage.gateway.url, `${GET}\r\n${identity.join('\r\n')}\r\n\r\n`);
    expect(statuses(text)).to.deep.equal([400]);
  });

  it('no Host on HTTP/1.0: served', async () => {
    const text = await raw(
      stage.gateway.url,
      `${GET.replace('1.1', '1.0')}\r\n${identity.join('\r\n')}\r\n\r\n`,
    );
    expect(statuses(text)).to.deep.equal([200]);
  });

  for (const target of ['/healthz', '/.well-known/gateway-jwks.json']) {
    for (const [what, lines] of Object.entries({
      'two Hosts': ['host: evil'],
      'two Transfer-Encodings': ['transfer-encoding: x', 'transfer-encoding: chunked'],
    })) {
      it(`${what} on ${target}: 400`, async () => {
        const bytes = Buffer.concat([request(`GET ${target} HTTP/1.1`, lines, '0\r\n\r\n'), good()]);
        expect(statuses(await raw(stage.gateway.url, bytes))).to.deep.equal([400]);
        expect(urls()).to.deep.equal([]);
      });
    }
  }

  const SMUGGLED = 'GET /api/finance/expenses HTTP/1.1\r\nhost: x\r\n';
  for (const [what, drop, lines, status] of [
    ['no token', 'authorization', [], 401],
    ['no company', 'x-org', [], 400],
    ['an unknown route', '', ['x-unknown: 1'], 404],
  ] as const) {
    it(`a request inside the body of a refused one (${what}) is not served`, async () => {
      const inner = `${SMUGGLED}${identity.join('\r\n')}\r\n\r\n`;
      const start = status === 404 ? 'POST /api/promoter/unknown HTTP/1.1' : POST;
      const head = [start, 'host: g', ...identity.filter((it) => !drop || !it.startsWith(drop)), ...lines];
      const bytes = `${head.join('\r\n')}\r\ncontent-length: ${inner.length}\r\n\r\n${inner}`;
      expect(statuses(await raw(stage.gateway.url, bytes))).to.deep.equal([status]);
      expect(urls()).to.deep.equal([]);
    });
  }

  it('a refusal whose body never came closes the connection', async () => {
    const head = `${POST}\r\nhost: g\r\ncontent-length: 1000\r\n\r\n`;
    const wire = await openWire(stage.gateway.url);
    wire.socket.write(head);
    await wire.until(/^HTTP\/1\.1 401/);
    wire.socket.write(good());
    expect(statuses(await wire.closed)).to.deep.equal([401]);
    expect(urls()).to.deep.equal([]);
  });

  it('a refusal of a request without a body keeps the connection', async () => {
    const stranger = 'GET /api/promoter/events HTTP/1.1\r\nhost: g\r\n\r\n';
    const unknown = request('GET /api/promoter/unknown HTTP/1.1', []);
    const text = await raw(stage.gateway.url, Buffer.concat([Buffer.from(stranger), unknown, good()]));
    expect(statuses(text)).to.deep.equal([401, 404, 200]);
  });

  it('pipelined honest requests are answered in order', async () => {
    const first = request('GET /api/promoter/events?n=1 HTTP/1.1', []);
    const second = request(POST.replace('events', 'events?n=2'), ['content-length: 7'], BODY);
    const third = request('GET /api/promoter/events?n=3 HTTP/1.1', ['connection: close']);
    const text = await raw(stage.gateway.url, Buffer.concat([first, second, third]));
    expect(statuses(text)).to.deep.equal([200, 200, 200]);
    const order = [...text.matchAll(/"url":"[^"]*n=(\d)"/g)].map(([, n]) => n);
    expect(order).to.deep.equal(['1', '2', '3']);
  });

  for (const [what, lines, body] of [
    ['a Content-Length', ['content-length: 7'], BODY],
    ['a Content-Length with leading zeros', ['content-length: 007'], BODY],
    ['chunks', ['transfer-encoding: chunked'], CHUNKED],
    ['Chunked in capitals', ['Transfer-Encoding: CHUNKED'], CHUNKED],
    ['many chunks', ['transfer-encoding: chunked'], '1\r\n{\r\n05\r\n"a":1\r\n1\r\n}\r\n0\r\n\r\n'],
    ['a chunk extension', ['transfer-encoding: chunked'], `7;a=b;c="d"\r\n${BODY}\r\n0\r\n\r\n`],
  ] as const) {
    it(`an honest body with ${what} arrives whole, and the connection lives on`, async () => {
      const text = await raw(stage.gateway.url, Buffer.concat([request(POST, [...lines], body), good()]));
      expect(statuses(text)).to.deep.equal([200, 200]);
      expect(stage.seen[0]?.body).to.equal(BODY);
    });
  }

  it('a body in single bytes arrives whole', async () => {
    const wire = await openWire(stage.gateway.url);
    for (const byte of request(POST, ['transfer-encoding: chunked', 'connection: close'], CHUNKED))
      wire.socket.write(Buffer.of(byte));
    expect(statuses(await wire.closed)).to.deep.equal([200]);
    expect(stage.seen[0]?.body).to.equal(BODY);
  });

  it('a chunked body that turns bad midway is never passed on as whole', async () => {
    const wire = await openWire(stage.gateway.url);
    wire.socket.write(request(POST, ['transfer-encoding: chunked'], `7\r\n${BODY}\r\n`));
    wire.socket.write(Buffer.concat([Buffer.from('zz\r\n'), good()]));
    expect(statuses(await wire.closed)).to.deep.equal([400]);
    expect(urls()).to.deep.equal([]);
  });

  it('Expect: 100-continue is answered by the gateway, and the body then arrives', async () => {
    const wire = await openWire(stage.gateway.url);
    wire.socket.write(request(POST, ['expect: 100-continue', 'content-length: 7', 'connection: close']));
    await wire.until(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
    wire.socket.write(BODY);
    expect(statuses(await wire.closed)).to.deep.equal([100, 200]);
    expect(stage.seen[0]?.body).to.equal(BODY);
    expect(stage.seen[0]?.headers).to.not.have.property('expect');
  });

  for (const expectation of ['nonsense', '200-ok', '']) {
    it(`Expect: ${expectation || '(empty)'} is refused: 417, closed`, async () => {
      const bytes = Buffer.concat([
        request(POST, [`expect: ${expectation}`, 'content-length: 7'], BODY),
        good(),
      ]);
      const text = await raw(stage.gateway.url, bytes);
      expect(statuses(text)).to.deep.equal([417]);
      expect(JSON.parse(firstAnswer(text).body)).to.have.nested.property('error.code', 'expectation_failed');
      expect(urls()).to.deep.equal([]);
    });
  }
});
