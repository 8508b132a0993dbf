import { expect } from 'chai';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createNetServer, type AddressInfo, type Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { firstAnswer, raw, rawRequest } from '../support/raw.ts';
import { COMPANY, openStage, type Stage } from '../support/stage.ts';
import { openWire, serveBytes, statuses, type ByteServer } from '../support/wire.ts';

const PATH = '/api/promoter/events';
const TIMEOUT_MS = 400;

describe('upstream faults', () => {
  let stage: Stage;
  let bytes: ByteServer;
  let closedPort: number;
  let identity: Record<string, string>;
  /** What the byte backend (behind `promoter`) does with a request head. */
  let answer: (socket: Socket, head: string) => void;
  /** What the HTTP backend (behind everything else) does. */
  let serve: RequestListener;
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => warnings.push(warning);

  before(async function () {
    this.timeout(120_000);
    process.on('warning', onWarning);
    bytes = await serveBytes((socket, head) => answer(socket, head));
    closedPort = await freePort();
    const http = createServer((req, res) => serve(req, res)).listen(0, '127.0.0.1');
    await once(http, 'listening');
    const behind = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    stage = await openStage({
      env: {
        UPSTREAM_TIMEOUT_MS: String(TIMEOUT_MS),
        UPSTREAMS: JSON.stringify({
          promoter: bytes.url,
          finance: behind,
          ai: `http://127.0.0.1:${closedPort}`,
        }),
      },
    });
    stage.backend.server.on('close', () => http.close());
    identity = { authorization: `Bearer ${await stage.token('ana')}`, 'x-org': COMPANY.acme };
  });
  after(async () => {
    await stage.close();
    bytes.close();
    process.off('warning', onWarning);
  });
  beforeEach(() => (bytes.heads.length = 0));
  afterEach('nothing is left open', () => untilIdle());

  const activeRequests = async () => {
    const metrics = await (await fetch(`${stage.gateway.adminUrl}/metrics`)).text();
    return Number(/^kisum_active_requests (\d+)$/m.exec(metrics)?.[1]);
  };
  const untilIdle = async () => {
    while ((await activeRequests()) > 0) await new Promise(setImmediate);
  };
  const ask = async (method = 'GET', target = PATH, extra: Record<string, string> = {}) =>
    firstAnswer(await raw(stage.gateway.url, rawRequest(target, { ...identity, ...extra }, method), 5000));
  const end = (text: string) => (socket: Socket) => void socket.end(text, 'latin1');
  const whole = (body: string, ...headers: string[]) =>
    ['HTTP/1.1 200 OK', `content-length: ${body.length}`, ...headers, '', body].join('\r\n');

  describe('before the head of the answer: 503 with Retry-After', () => {
    const expect503 = ({ status, head, body }: { status: number; head: string; body: string }) => {
      expect(status).to.equal(503);
      expect(head).to.match(/^retry-after: \d+\r?$/im);
      expect(JSON.parse(body)).to.have.nested.property('error.code', 'service_unavailable');
    };

    it('refused, for GET and for POST with a body', async () => {
      expect503(await ask('GET', '/api/ai/predictions'));
      const body = rawRequest('/api/ai/predictions', { ...identity, 'content-length': '4' }, 'POST');
      expect503(firstAnswer(await raw(stage.gateway.url, `${body}body`)));
    });

    for (const [what, behave] of [
      ['a close without a word', (socket: Socket) => void socket.end()],
      ['a reset', (socket: Socket) => void socket.resetAndDestroy()],
      ['half a status line', end('HTTP/1.1 2')],
      ['half a head', end('HTTP/1.1 200 OK\r\ncontent-le')],
      ['nonsense', end('nonsense\r\n\r\n')],
      ['a request instead of an answer', end('GET / HTTP/1.1\r\nhost: x\r\n\r\n')],
      ['another protocol', end('SSH-2.0-OpenSSH_9.6\r\n')],
      ['HTTP/2 frames', end('\x00\x00\x12\x04\x00\x00\x00\x00\x00')],
      ['two Content-Lengths', end('HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx')],
      [
        'CL and TE',
        end('HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n'),
      ],
      ['a header with a control byte', end('HTTP/1.1 200 OK\r\nx-a: a\x01b\r\ncontent-length: 0\r\n\r\n')],
      ['a header with a NUL', end('HTTP/1.1 200 OK\r\nx-a: a\x00b\r\ncontent-length: 0\r\n\r\n')],
      ['a head past every limit', end(`HTTP/1.1 200 OK\r\nx-a: ${'a'.repeat(200_000)}\r\n\r\n`)],
      [
        'an unasked-for 101',
        end('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
      ],
    ] as [string, typeof answer][]) {
      it(`${what}, for GET and for POST, which is sent once`, async () => {
        answer = behave;
        expect503(await ask());
        expect(bytes.heads.length).to.be.within(1, 2);
        bytes.heads.length = 0;
        expect503(await ask('POST', PATH, { 'content-length': '0' }));
        expect(bytes.heads).to.have.length(1);
      });
    }

    it('no answer in time, whoever asks', async () => {
      answer = () => {};
      expect503(await ask());
      expect(bytes.heads).to.have.length(1);
      expect503(await ask('POST', PATH, { 'content-length': '0' }));
      expect(bytes.heads).to.have.length(2);
    });

    it('a head that never ends', async () => {
      answer = (socket) => void socket.write('HTTP/1.1 200 OK\r\nx-a: ');
      expect503(await ask());
    });

    it('a body that is never read', async () => {
      answer = (socket) => void socket.pause();
      const body = Buffer.alloc(20_000_000);
      const head = rawRequest(PATH, { ...identity, 'content-length': String(body.length) }, 'POST');
      const wire = await openWire(stage.gateway.url);
      wire.socket.write(head);
      wire.socket.write(body);
      expect503(firstAnswer(await wire.closed));
    });

    it('a module without a backend', async () => {
      const response = await stage.call('/api/venue/venues', { user: 'cleo', company: 'bluenote' });
      expect([response.status, response.headers.get('retry-after')]).to.deep.equal([503, '1']);
      await response.arrayBuffer();
    });

    it('and serves again as soon as the backend does', async () => {
      answer = (socket) => void socket.resetAndDestroy();
      expect503(await ask());
      answer = end(whole('ok'));
      expect(await ask()).to.include({ status: 200, body: 'ok' });
    });
  });

  describe('a kept connection that closes as it is used again', () => {
    /** Answers the first request on each connection and drops the connection at the second. */
    const droppedAtSecond = () => {
      const used = new WeakSet<Socket>();
      answer = (socket) => {
        if (used.has(socket)) return void socket.resetAndDestroy();
        used.add(socket);
        socket.write(whole('ok'));
      };
    };

    it('a GET is asked once more', async () => {
      droppedAtSecond();
      expect((await ask()).status).to.equal(200);
      expect((await ask()).status).to.equal(200);
      expect(bytes.heads).to.have.length(3);
    });

    it('a POST is not', async () => {
      droppedAtSecond();
      const post = () => ask('POST', PATH, { 'content-length': '0' });
      const answers = [(await ask()).status, (await post()).status];
      expect(answers[0]).to.equal(200);
      expect(answers[1]).to.equal(503);
      expect(bytes.heads).to.have.length(2);
    });
  });

  describe('after the head: a transfer that is visibly broken', () => {
    /** Whether the client can tell that the answer is not whole. */
    const isBroken = (text: string, failure: unknown) => {
      const { head, body } = firstAnswer(text);
      const length = /^content-length: (\d+)/im.exec(head)?.[1];
      if (length) return body.length < Number(length);
      if (/^transfer-encoding: chunked/im.test(head)) return !body.endsWith('0\r\n\r\n');
      return failure !== undefined;
    };
    /** Only when the client read what came: a reset that comes with data can look like an end to libuv. */
    let breakOff: () => void;
    const then = (head: string, part: string, how: (socket: Socket) => void) => (socket: Socket) => {
      socket.write(`${head}\r\n\r\n${part}`);
      breakOff = () => how(socket);
    };
    const reset = (socket: Socket) => void socket.resetAndDestroy();
    const close = (socket: Socket) => void socket.end();
    const LENGTH = 'HTTP/1.1 200 OK\r\ncontent-length: 100';
    const CHUNKS = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked';

    for (const [what, behave] of [
      ['a length and a reset', then(LENGTH, 'part', reset)],
      ['a length and a close', then(LENGTH, 'part', close)],
      ['chunks and a reset', then(CHUNKS, '4\r\npart\r\n', reset)],
      ['chunks and a close', then(CHUNKS, '4\r\npart\r\n', close)],
      ['half a chunk', then(CHUNKS, '9\r\npart', close)],
      ['a chunk size that is none', then(CHUNKS, '4\r\npart\r\n', (socket) => void socket.write('zz\r\n'))],
      ['no last chunk', then(CHUNKS, '4\r\npart\r\n0\r\n', close)],
    ] as [string, typeof answer][]) {
      for (const version of ['1.1', '1.0']) {
        it(`${what}, to a client of HTTP/${version}`, async () => {
          answer = behave;
          const wire = await openWire(stage.gateway.url);
          wire.socket.write(
            rawRequest(PATH, { ...identity, connection: 'keep-alive' }).replace(
              'HTTP/1.1',
              `HTTP/${version}`,
            ),
          );
          await wire.until(/part/);
          breakOff();
          const text = await wire.closed;
          expect(isBroken(text, wire.failure()), text).to.equal(true);
          expect(bytes.heads).to.have.length(1);
        });
      }
    }
  });

  describe('answers that are odd, and honest', () => {
    for (const [what, text, status, body] of [
      ['a longer body than its length', `${whole('four')}more`, 200, 'four'],
      ['no length, ended by close', 'HTTP/1.1 200 OK\r\n\r\nuntil the end', 200, 'until the end'],
      ['HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok', 200, 'ok'],
      ['103 before', `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${whole('ok')}`, 200, 'ok'],
      ['102 before', `HTTP/1.1 102 Processing\r\n\r\n${whole('ok')}`, 200, 'ok'],
      ['an empty 200', whole(''), 200, ''],
      ['a 204', 'HTTP/1.1 204 No Content\r\n\r\n', 204, ''],
      [
        'a 304 with a length',
        'HTTP/1.1 304 Not Modified\r\ncontent-length: 10\r\netag: "x"\r\n\r\n',
        304,
        '',
      ],
      ['a redirect', 'HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n', 302, ''],
      ['a 500 of its own', 'HTTP/1.1 500 Oops\r\ncontent-length: 4\r\n\r\noops', 500, 'oops'],
      ['an unknown status', 'HTTP/1.1 599 Odd\r\ncontent-length: 3\r\n\r\nodd', 599, 'odd'],
      ['no reason phrase', 'HTTP/1.1 200 \r\ncontent-length: 2\r\n\r\nok', 200, 'ok'],
      ['Latin-1 in a header', whole('ok', 'x-a: \xe9'), 200, 'ok'],
    ] as [string, string, number, string][]) {
      it(`${what}: passed on`, async () => {
        answer = end(text);
        const got = await ask();
        expect(got.status).to.equal(status);
        const chunked = /^transfer-encoding: chunked/im.test(got.head);
        expect(chunked ? unchunk(got.body) : got.body).to.equal(body);
      });
    }

    it('a length that lied never shifts the next answer', async () => {
      let n = 0;
      answer = (socket) => void socket.write(whole(`${(n += 1)}`) + whole('smuggled'));
      const bodies = [];
      for (let i = 0; i < 3; i += 1) bodies.push((await ask()).body);
      expect(bodies).to.deep.equal(['1', '2', '3']);
    });

    for (const head of ['content-length: 5', 'transfer-encoding: chunked', 'x-nothing: here']) {
      it(`HEAD with ${head} has no body, and the connection lives on`, async () => {
        answer = (socket, request) =>
          void socket.write(
            request.startsWith('HEAD') ? `HTTP/1.1 200 OK\r\n${head}\r\n\r\n` : whole('after'),
          );
        const two =
          rawRequest(PATH, { ...identity, connection: 'keep-alive' }, 'HEAD') + rawRequest(PATH, identity);
        const text = await raw(stage.gateway.url, two);
        expect(statuses(text)).to.deep.equal([200, 200]);
        expect(text.endsWith('after')).to.equal(true);
      });
    }

    it('a 204 that claims a body gives none, and the connection lives on', async () => {
      answer = (socket, request) =>
        void socket.end(
          request.includes('n=1')
            ? 'HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\nxxxxx'
            : whole('after'),
        );
      const two =
        rawRequest(`${PATH}?n=1`, { ...identity, connection: 'keep-alive' }) + rawRequest(PATH, identity);
      const text = await raw(stage.gateway.url, two);
      expect(statuses(text)).to.deep.equal([204, 200]);
      expect(firstAnswer(text).head).to.not.match(/content-length/i);
      expect(text.endsWith('after')).to.equal(true);
    });

    it('headers: two Set-Cookie stay two, hop-by-hop and self-description go', async () => {
      answer = end(
        whole(
          'ok',
          ...['set-cookie: a=1; Path=/', 'Set-Cookie: b=2, c', 'etag: "e"', 'x-own: o', 'vary: accept'],
          ...['connection: x-secret, close', 'x-secret: s', 'keep-alive: timeout=5', 'te: x', 'trailer: x'],
          ...[
            'proxy-authenticate: x',
            'proxy-connection: x',
            'server: nginx',
            'x-powered-by: Koa',
            'upgrade: h2c',
          ],
          ...['x-kisum-debug: d', 'x-request-id: theirs', 'access-control-allow-origin: *'],
        ),
      );
      const { head } = await ask('GET', PATH, { 'x-request-id': 'ours' });
      const names = [...head.matchAll(/^([\w-]+): /gm)].map(([, name]) => name!.toLowerCase());
      expect(head).to.include('set-cookie: a=1; Path=/\r\n').and.include('set-cookie: b=2, c\r\n');
      expect(names).to.include.members(['etag', 'x-own', 'vary']);
      expect(names).to.not.include.members(['x-secret']);
      for (const name of [
        'x-secret',
        'te',
        'trailer',
        'proxy-authenticate',
        'proxy-connection',
        'server',
        'x-powered-by',
        'upgrade',
        'x-kisum-debug',
        'access-control-allow-origin',
      ])
        expect(names).to.not.include(name);
      expect(head).to.include('x-request-id: ours').and.not.include('theirs').and.not.include('timeout=5');
    });
  });

  describe('streams', () => {
    it('a slow event stream arrives event by event', async () => {
      let send: (event: string) => void = () => {};
      serve = (_, res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream' });
        send = (event) => void res.write(`data: ${event}\n\n`);
        send('0');
      };
      const left = new AbortController();
      const response = await stage.call('/api/finance/expenses', { signal: left.signal });
      const reader = response.body!.getReader();
      for (let n = 0; n < 5; n += 1) {
        expect(Buffer.from((await reader.read()).value).toString()).to.equal(`data: ${n}\n\n`);
        send(String(n + 1));
      }
      left.abort();
    });

    it('a client that leaves ends the backend request: waiting, or amid the answer', async () => {
      for (const begin of [false, true]) {
        let arrived: () => void;
        const started = new Promise<void>((resolve) => (arrived = resolve));
        const gone = new Promise((resolve) => {
          serve = (req, res) => {
            req.socket.on('close', resolve);
            if (begin) res.write('part');
            arrived();
          };
        });
        const wire = await openWire(stage.gateway.url);
        wire.socket.write(rawRequest('/api/finance/expenses', identity));
        await started;
        wire.socket.destroy();
        await gone;
      }
    });

    it('a client that leaves amid its upload ends the backend request', async () => {
      const gone = new Promise((resolve) => {
        serve = (req) => {
          req.on('error', () => {});
          req.on('close', resolve).resume();
        };
      });
      const wire = await openWire(stage.gateway.url);
      wire.socket.write(
        rawRequest('/api/finance/expenses', { ...identity, 'content-length': '1000' }, 'POST'),
      );
      wire.socket.end('part', () => wire.socket.destroy());
      await gone;
    });

    it('a client that pipelines and leaves ends every backend request', async () => {
      let left = 0;
      serve = (_, res) => {
        left += 1;
        res.on('close', () => (left -= 1));
        res.write('x'.repeat(2_000_000));
      };
      const wire = await openWire(stage.gateway.url);
      const one = rawRequest('/api/finance/expenses', { ...identity, connection: 'keep-alive' });
      wire.socket.write(one.repeat(3));
      await wire.until(/xxxx/);
      wire.socket.destroy();
      await untilIdle();
      while (left > 0) await new Promise(setImmediate);
    });

    it('a large upload streams through, held back while the backend is', async () => {
      const size = 64 * 1024 * 1024;
      let resume = () => {};
      const received = new Promise<number>((resolve) => {
        serve = (req, res) => {
          let seen = 0;
          req.pause();
          resume = () => req.resume();
          req.on('data', (chunk: Buffer) => (seen += chunk.length));
          req.on('end', () => {
            res.end('ok');
            resolve(seen);
          });
        };
      });
      const wire = await openWire(stage.gateway.url);
      wire.socket.write(
        rawRequest('/api/finance/expenses', { ...identity, 'content-length': String(size) }, 'POST'),
      );
      const piece = Buffer.alloc(1024 * 1024);
      let written = 0;
      // Writes until nothing more is taken for a while: what is in flight then is held in buffers on the way.
      while (written < size) {
        const taken = wire.socket.write(piece);
        written += piece.length;
        if (!taken && !(await drained(wire.socket, 150))) break;
      }
      expect(written).to.be.lessThan(size / 2);
      resume();
      while (written < size) {
        written += piece.length;
        if (!wire.socket.write(piece)) await once(wire.socket, 'drain');
      }
      expect(await received).to.equal(size);
      expect(statuses(await wire.closed)).to.deep.equal([200]);
    });

    it('a large download is held back while the client does not read', async () => {
      const size = 64 * 1024 * 1024;
      const piece = Buffer.alloc(1024 * 1024);
      let written = 0;
      const heldBack = new Promise<number>((resolve) => {
        serve = (_, res) => {
          res.writeHead(200, { 'content-length': size });
          const fill = async () => {
            for (; written < size; written += piece.length)
              if (!res.write(piece) && !(await drained(res, 150))) {
                resolve(written);
                await once(res, 'drain');
              }
            res.end();
            resolve(written);
          };
          void fill();
        };
      });
      const wire = await openWire(stage.gateway.url);
      wire.socket.write(rawRequest('/api/finance/expenses', identity));
      wire.socket.pause();
      expect(await heldBack).to.be.lessThan(size / 2);
      wire.socket.resume();
      const text = await wire.closed;
      expect(text.length - text.indexOf('\r\n\r\n') - 4).to.equal(size);
    });

    it('a backend that answers before it read the upload is heard', async () => {
      serve = (_, res) => void res.writeHead(413, { 'content-length': 3 }).end('big');
      const wire = await openWire(stage.gateway.url);
      wire.socket.write(
        rawRequest(
          '/api/finance/expenses',
          { ...identity, connection: 'keep-alive', 'content-length': '5000000' },
          'POST',
        ),
      );
      wire.socket.write(Buffer.alloc(100_000));
      await wire.until(/^HTTP\/1\.1 413[^]*\r\n\r\nbig/);
      // The rest of the body is nobody's: the connection must not be kept for another request.
      const text = await wire.closed;
      expect(firstAnswer(text).head).to.match(/^connection: close/im);
    });

    it('2,000 requests, many abandoned, leave nothing behind', async function () {
      this.timeout(120_000);
      serve = (req, res) => {
        req.resume();
        const how = Number(new URL(req.url!, 'http://x').searchParams.get('n')) % 5;
        if (how === 0) return void req.socket.destroy();
        if (how === 1) return void res.write('part');
        if (how === 2) return void res.write('part', () => req.socket.destroy());
        res.end('ok');
      };
      const one = async (n: number) => {
        const left = new AbortController();
        const pending = stage.call(`/api/finance/expenses?n=${n}`, {
          signal: left.signal,
          ...(n % 3 === 0 && { method: 'POST', body: 'x'.repeat(10_000) }),
        });
        if (n % 7 === 0) setImmediate(() => left.abort());
        const response = await pending;
        if (n % 5 === 1) return left.abort();
        await response.text();
      };
      for (let n = 0; n < 2000; n += 50)
        await Promise.allSettled(Array.from({ length: 50 }, (_, i) => one(n + i)));
      await untilIdle();
      serve = (_, res) => void res.end('ok');
      expect((await ask('GET', '/api/finance/expenses')).status).to.equal(200);
      expect(warnings.map(({ name }) => name).filter((it) => it.startsWith('MaxListeners'))).to.deep.equal(
        [],
      );
    });
  });
});

async function freePort(): Promise<number> {
  const server = createNetServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const drained = (stream: Writable, withinMs: number) =>
  Promise.race([
    once(stream, 'drain').then(() => true),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(false), withinMs)),
  ]);

function unchunk(body: string): string {
  const [, size = '0', rest = ''] = /^([0-9a-f]+)\r\n([^]*)$/i.exec(body) ?? [];
  const length = parseInt(size, 16);
  return length === 0 ? '' : rest.slice(0, length) + unchunk(rest.slice(length + 2));
}
