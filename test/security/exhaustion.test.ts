import { expect } from 'chai';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createGatewayServer } from '../../gateway/server.ts';
import { cappedBody } from '../../gateway/upstream/body.ts';
import { firstAnswer, raw, rawRequest } from '../support/raw.ts';
import { echo, serve, type Seen } from '../support/servers.ts';
import { COMPANY, openStage, type Stage } from '../support/stage.ts';
import { openWire, serveBytes, statuses, type ByteServer, type Wire } from '../support/wire.ts';

const codeOf = (body: string) => (JSON.parse(body) as { error: { code: string } }).error.code;

describe('exhaustion', () => {
  describe('of time: limits of the listener', () => {
    let url: string;
    let close: () => void;
    before(async () => {
      const limits = {
        headersTimeout: 150,
        requestTimeout: 300,
        keepAliveTimeout: 150,
        connectionsCheckingInterval: 30,
      };
      const server = createGatewayServer(
        (req, res) => req.resume().on('end', () => res.end('served')),
        () => Promise.resolve(),
        limits,
      );
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      close = () => void server.close();
    });
    after(() => close());

    for (const [what, bytes] of [
      ['nothing at all', ''],
      ['half a request line', 'GET /api'],
      ['half a head', 'GET / HTTP/1.1\r\nhost: x\r\nx-slow: '],
      ['half a body', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf'],
      ['half a chunk', 'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\na\r\nhalf'],
    ] as const) {
      it(`a client that sends ${what}: 408, closed`, async () => {
        const wire = await openWire(url);
        wire.socket.write(bytes);
        const text = await wire.closed;
        expect(statuses(text)).to.deep.equal([408]);
        const { head, body } = firstAnswer(text);
        expect(head).to.match(/connection: close/i);
        expect(codeOf(body)).to.equal('request_timeout');
      });
    }

    it('a client that drips a header byte by byte: 408', async () => {
      const wire = await openWire(url);
      wire.socket.write('GET / HTTP/1.1\r\nhost: x\r\nx-slow: ');
      const drip = setInterval(() => wire.socket.write('a'), 20);
      expect(statuses(await wire.closed)).to.deep.equal([408]);
      clearInterval(drip);
    });

    it('a client that does not close after its 408 is let go of', async () => {
      const wire = await openWire(url, { allowHalfOpen: true });
      const poke = setInterval(() => wire.socket.write('a'), 50);
      await wire.closed;
      clearInterval(poke);
      expect(wire.failure()?.code).to.be.oneOf(['ECONNRESET', 'EPIPE']);
    });

    it('a connection that is kept and not used is closed', async () => {
      const wire = await openWire(url);
      wire.socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
      expect(statuses(await wire.closed)).to.deep.equal([200]);
    });
  });

  describe('of a body: limit per request', () => {
    const LIMIT = 1000;
    const send = async (headers: Record<string, string>, body: string) => {
      const server = await serve((req, res) => {
        const answer = (text: string) => res.writeHead(200, { connection: 'close' }).end(text);
        try {
          const body = cappedBody(req, LIMIT);
          if (!body) return answer('none');
          body
            .on('error', (error) => answer(error.message))
            .on('end', () => answer('whole'))
            .resume();
        } catch (error) {
          answer((error as Error).message);
        }
      });
      const text = await raw(server.url, rawRequest('/', headers, 'POST') + body);
      server.close();
      return text;
    };
    const chunked = (size: number, times: number) =>
      `${`${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`.repeat(times)}0\r\n\r\n`;
    const CHUNKED = { 'transfer-encoding': 'chunked' };

    it('at the limit it passes, declared or chunked', async () => {
      expect(await send({ 'content-length': '1000' }, 'x'.repeat(1000))).to.match(/whole/);
      expect(await send(CHUNKED, chunked(100, 10))).to.match(/whole/);
      expect(await send(CHUNKED, chunked(100, 0))).to.match(/whole/);
      expect(await send({ 'content-length': '0' }, '')).to.match(/none/);
      expect(await send({}, '')).to.match(/none/);
    });

    it('over the limit it does not, declared or chunked', async () => {
      expect(await send({ 'content-length': '1001' }, '')).to.match(/too large/);
      expect(await send(CHUNKED, chunked(100, 11))).to.match(/too large/);
      expect(await send(CHUNKED, chunked(1001, 1))).to.match(/too large/);
    });
  });

  describe('of a running gateway', () => {
    let stage: Stage;
    let stuck: ByteServer;
    let identity: Record<string, string>;
    const waiting: Socket[] = [];
    let released = false;
    const answer = (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
    const seen: Seen[] = [];
    let closeHonest: () => void;
    before(async function () {
      this.timeout(120_000);
      stuck = await serveBytes((socket) => void (released ? answer(socket) : waiting.push(socket)));
      const honest = await serve(echo(seen));
      closeHonest = () => honest.close();
      stage = await openStage({
        env: {
          UPSTREAM_TIMEOUT_MS: '60000',
          UPSTREAMS: JSON.stringify({ promoter: stuck.url, finance: honest.url }),
        },
      });
      identity = { authorization: `Bearer ${await stage.token('ana')}`, 'x-org': COMPANY.acme };
    });
    after(async () => {
      await stage.close();
      stuck.close();
      closeHonest();
    });
    beforeEach(() => (seen.length = 0));

    const ask = async (
      headers: Record<string, string> = {},
      target = '/api/finance/expenses',
      method = 'GET',
    ) => firstAnswer(await raw(stage.gateway.url, rawRequest(target, { ...identity, ...headers }, method)));
    const lines = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`x-${i}`, '1']));

    it('many header lines pass; too many are refused, however many: 431', async () => {
      expect((await ask(lines(150))).status).to.equal(200);
      for (const count of [201, 1999, 2001, 2500]) {
        const { status, head, body } = await ask(lines(count));
        expect([status, codeOf(body)]).to.deep.equal([431, 'headers_too_large']);
        expect(head).to.match(/connection: close/i);
      }
    });

    it('a second x-org behind two thousand lines is still seen', async () => {
      expect((await ask({ ...lines(2100), 'X-Org': COMPANY.bluenote })).status).to.equal(431);
      expect(seen).to.deep.equal([]);
    });

    it('a large header passes, a huge one does not: 431, also for a client that goes on sending', async () => {
      expect((await ask({ 'x-large': 'x'.repeat(28_000) })).status).to.equal(200);
      for (const size of [40_000, 1_000_000, 10_000_000]) {
        const { status, body } = await ask({ 'x-huge': 'x'.repeat(size) });
        expect([status, codeOf(body)]).to.deep.equal([431, 'headers_too_large']);
      }
    });

    it('a long target passes, a longer one does not: 414, a huge one: 431', async () => {
      const target = (length: number) => '/api/finance/expenses?q='.padEnd(length, 'x');
      expect((await ask({}, target(8192))).status).to.equal(200);
      expect((await ask({}, target(8193))).status).to.equal(414);
      expect((await ask({}, target(100_000))).status).to.equal(431);
    });

    it('a body declared larger than any is refused before it comes: 413, closed', async () => {
      const { status, head, body } = await ask({ 'content-length': String(2 ** 31) }, undefined, 'POST');
      expect([status, codeOf(body)]).to.deep.equal([413, 'payload_too_large']);
      expect(head).to.match(/connection: close/i);
      expect(seen).to.deep.equal([]);
    });

    it('huge trailers end the request', async () => {
      const wire = await openWire(stage.gateway.url);
      wire.socket.write(
        rawRequest('/api/finance/expenses', { ...identity, 'transfer-encoding': 'chunked' }, 'POST'),
      );
      wire.socket.write(`0\r\nx-huge: ${'x'.repeat(1_000_000)}\r\n\r\n`);
      expect(statuses(await wire.closed)).to.deep.equal([431]);
      expect(seen).to.deep.equal([]);
    });

    it('compressed bodies pass as they are, both ways: nothing is unpacked on the way', async () => {
      const bomb = gzipSync(Buffer.alloc(50_000_000));
      const response = await stage.call('/api/finance/expenses', {
        method: 'POST',
        body: bomb,
        headers: { 'content-encoding': 'gzip' },
      });
      expect(response.status).to.equal(200);
      await response.arrayBuffer();
      expect(seen[0]?.headers).to.include({
        'content-encoding': 'gzip',
        'content-length': String(bomb.length),
      });
    });

    for (const [name, value] of [
      ['authorization', `Bearer${' '.repeat(25_000)},`],
      ['authorization', `Bearer ${'a.'.repeat(12_000)}`],
      ['x-request-id', `${'a'.repeat(25_000)}!`],
      ['x-forwarded-for', '1.1.1.1,'.repeat(3000)],
      ['connection', 'close,'.repeat(5000)],
      ['accept', ','.repeat(14_000)],
    ] as const) {
      it(`a hostile ${name} is answered`, async () => {
        expect((await ask({ [name]: value })).status).to.equal(name === 'authorization' ? 401 : 200);
      });
    }

    it('deeply nested JSON for a ticket is a 400', async () => {
      const response = await stage.call('/access/ticket', {
        method: 'POST',
        body: '['.repeat(16_000),
        headers: { 'content-type': 'application/json' },
      });
      expect(response.status).to.equal(400);
      await response.arrayBuffer();
    });

    it('hundreds of idle and half-sent connections keep nobody from being served', async () => {
      const idle: Wire[] = [];
      for (let i = 0; i < 600; i += 1) idle.push(await openWire(stage.gateway.url));
      for (const { socket } of idle.slice(0, 300))
        socket.write('GET /api/finance/expenses HTTP/1.1\r\nx-half: ');
      expect((await ask()).status).to.equal(200);
      for (const { socket } of idle) socket.destroy();
    });

    it('a stuck module slows no other, and what waits for it is bounded', async () => {
      const one = rawRequest('/api/promoter/events', { ...identity, connection: 'keep-alive' });
      const wires = await Promise.all(Array.from({ length: 11 }, () => openWire(stage.gateway.url)));
      for (const { socket } of wires) socket.write(one.repeat(100));
      while (waiting.length < 1024) await new Promise(setImmediate);
      const more = await ask({}, '/api/promoter/events');
      expect([more.status, codeOf(more.body)]).to.deep.equal([503, 'service_unavailable']);
      expect((await ask()).status).to.equal(200);
      expect(waiting).to.have.length(1024);
      released = true;
      for (const socket of waiting) answer(socket);
      for (const { socket, text } of wires) while (statuses(text()).length < 100) await once(socket, 'data');
      const answers = wires.flatMap(({ text }) => statuses(text()));
      expect(answers.filter((it) => it === 200)).to.have.length.within(1024, 1100);
      expect([200, 503]).to.include.members([...new Set(answers)]);
      for (const { socket } of wires) socket.destroy();
    });
  });
});
