import { expect } from 'chai';
import { decodeJwt } from 'jose';
import { firstAnswer, raw } from '../support/raw.ts';
import { COMPANY, openStage, USER, type Stage } from '../support/stage.ts';

/** What a client may write to have a proxy drop or pass a header it should not. None of it is an error of ours. */
const TRICKS: [what: string, lines: string[]][] = [
  ['Connection names x-org', ['connection: close, x-org']],
  ['Connection names authorization', ['connection: close, authorization']],
  ['Connection names the assertion', ['connection: close, x-kisum-assertion, x-decision-id, x-request-id']],
  ['Connection names host', ['connection: close, host']],
  ['Connection names itself', ['connection: close, connection']],
  ['Connection twice', ['connection: x-kisum-assertion', 'connection: close']],
  ['Connection of nothing', ['connection: , ,, close ,']],
  ['Connection of nonsense', ['connection: close, \xe9, "x", a b']],
  ['Connection of prototype keys', ['connection: close, __proto__, constructor']],
  ['Keep-Alive', ['connection: close, keep-alive', 'keep-alive: timeout=1, max=1']],
  ['TE', ['connection: close, te', 'te: trailers, gzip;q=0.5']],
  ['TE alone', ['connection: close', 'te: chunked']],
  ['Proxy-Connection', ['connection: close', 'proxy-connection: keep-alive']],
  ['Proxy-Authorization', ['connection: close', 'proxy-authorization: Basic eDp5']],
  ['Proxy-Authenticate', ['connection: close', 'proxy-authenticate: x', 'proxy-anything: x']],
  ['Upgrade without Connection', ['connection: close', 'upgrade: websocket']],
  ['an odd Upgrade without Connection', ['connection: close', 'upgrade: foo/2, bar']],
  ['Trailer', ['connection: close', 'trailer: x-org, authorization']],
  ['HTTP2-Settings', ['connection: close', 'http2-settings: AAMAAABkAAQAAP__']],
];

const HOP_BY_HOP = /^(?:keep-alive|te|trailer|upgrade|proxy-.*|http2-settings|transfer-encoding)$/;

describe('hop-by-hop headers end at the gateway', () => {
  let stage: Stage;
  let headers: string[];
  before(async function () {
    this.timeout(120_000);
    stage = await openStage();
    headers = [
      'host: gateway',
      `authorization: Bearer ${await stage.token('ana')}`,
      `x-org: ${COMPANY.acme}`,
    ];
  });
  after(() => stage.close());
  beforeEach(() => (stage.seen.length = 0));

  const send = async (start: string, lines: string[], body = '') => {
    const bytes = Buffer.from(`${[start, ...headers, ...lines].join('\r\n')}\r\n\r\n${body}`, 'latin1');
    return firstAnswer(await raw(stage.gateway.url, bytes));
  };

  for (const [what, lines] of TRICKS) {
    it(`${what}: served, and the backend sees none of it`, async () => {
      const { status } = await send('GET /api/promoter/events HTTP/1.1', lines);
      expect(status).to.equal(200);
      const sight = stage.seen[0]!;
      const names = sight.rawHeaders.filter((_, i) => i % 2 === 0).map((it) => it.toLowerCase());
      expect(names.filter((it) => HOP_BY_HOP.test(it))).to.deep.equal([]);
      expect(sight.headers.connection).to.equal('keep-alive');
      expect(decodeJwt(sight.headers['x-kisum-assertion'] as string).sub).to.equal(USER.ana);
      expect(sight.headers).to.include.keys('x-request-id', 'x-decision-id');
    });
  }

  it('a header named in Connection is left out, in any case and from any line', async () => {
    const lines = [
      'connection: Close',
      'Connection: If-Match , RANGE',
      'if-match: "a"',
      'range: bytes=0-1',
      'accept: a/b',
    ];
    expect((await send('GET /api/promoter/events HTTP/1.1', lines)).status).to.equal(200);
    expect(stage.seen[0]?.headers).to.not.have.any.keys('if-match', 'range');
    expect(stage.seen[0]?.headers.accept).to.equal('a/b');
  });

  for (const named of ['content-length', 'content-type', 'transfer-encoding', 'host']) {
    it(`a body whose ${named} is named in Connection arrives whole`, async () => {
      const lines = [`connection: close, ${named}`, 'content-type: application/json', 'content-length: 7'];
      expect((await send('POST /api/promoter/events HTTP/1.1', lines, '{"a":1}')).status).to.equal(200);
      expect(stage.seen.map(({ body }) => body)).to.deep.equal(['{"a":1}']);
    });
  }

  it('trailers of a chunked body are dropped', async () => {
    const lines = ['connection: close', 'transfer-encoding: chunked', 'trailer: x-user-id'];
    const body = '7\r\n{"a":1}\r\n0\r\nx-user-id: admin\r\nx-org: other\r\nauthorization: Bearer x\r\n\r\n';
    expect((await send('POST /api/promoter/events HTTP/1.1', lines, body)).status).to.equal(200);
    const sight = stage.seen[0]!;
    expect(sight.body).to.equal('{"a":1}');
    expect(sight.headers).to.not.have.any.keys('x-user-id', 'trailer', 'x-org');
  });

  for (const lines of [
    ['content-type: a/b', 'content-type: c/d'],
    ['accept: \xff\xfe'],
    ['accept: \t'],
    ['accept:'],
    [`accept: ${'x'.repeat(10_000)}`],
    ['content-md5: x', 'content-foo: y', 'accept-: z'],
    ['range: bytes=-', 'if-range: "', 'if-none-match: *'],
    ['content-length: 0'],
    ['content-length: 00'],
  ]) {
    it(`is never a 5xx: ${lines.join(' + ').slice(0, 60)}`, async () => {
      expect(
        (await send('GET /api/promoter/events HTTP/1.1', ['connection: close', ...lines])).status,
      ).to.equal(200);
    });
  }

  for (const byte of ['\x00', '\x01', '\x0b', '\x1f', '\x7f']) {
    it(`a header value with the byte ${JSON.stringify(byte)} is refused: 400`, async () => {
      const { status } = await send('GET /api/promoter/events HTTP/1.1', [
        'connection: close',
        `accept: a${byte}b`,
      ]);
      expect(status).to.equal(400);
      expect(stage.seen).to.deep.equal([]);
    });
  }
});
