import { expect } from 'chai';
import { decodeJwt } from 'jose';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { firstAnswer, raw, rawRequest } from '../support/raw.ts';
import { COMPANY, openStage, USER, type CallOptions, type Stage } from '../support/stage.ts';
import { openWire, statuses } from '../support/wire.ts';

const APP = 'https://app.example';
const ROUTE = '/api/promoter/events';
const HANDSHAKE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
};

type OnUpgrade = (req: IncomingMessage, socket: Socket, head: Buffer) => void;

describe('upgrades', () => {
  let stage: Stage;
  let identity: Record<string, string>;
  let onUpgrade: OnUpgrade;
  /** Handshakes that reached the backend. */
  const upgrades: IncomingMessage[] = [];
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (all) => (all.has('chat') ? 'chat' : false),
  });
  const accept =
    (serveSocket: (ws: WebSocket) => void): OnUpgrade =>
    (req, socket, head) =>
      sockets.handleUpgrade(req, socket, head, serveSocket);
  const echo = accept((ws) => ws.on('message', (data, binary) => ws.send(data, { binary })));

  before(async function () {
    this.timeout(120_000);
    stage = await openStage({ env: { CORS_ORIGINS: APP, UPSTREAM_TIMEOUT_MS: '500' } });
    stage.backend.server.on('upgrade', (req, socket: Socket, head) => {
      upgrades.push(req);
      socket.on('error', () => {});
      onUpgrade(req, socket, head);
    });
    identity = { authorization: `Bearer ${await stage.token('ana')}`, 'x-org': COMPANY.acme };
  });
  after(() => stage.close());
  beforeEach(() => {
    upgrades.length = 0;
    stage.seen.length = 0;
    onUpgrade = echo;
  });

  const connect = (
    headers: Record<string, string>,
    options: { path?: string; protocols?: string[]; origin?: string } = {},
  ) =>
    new WebSocket(
      stage.gateway.url.replace('http', 'ws') + (options.path ?? ROUTE),
      options.protocols ?? [],
      {
        headers,
        ...(options.origin && { origin: options.origin }),
      },
    );

  /** The status a handshake is refused with, and the error code. */
  async function refusal(ws: WebSocket): Promise<[number | undefined, string]> {
    const [, response] = (await once(ws, 'unexpected-response')) as [unknown, IncomingMessage];
    let body = '';
    for await (const chunk of response) body += String(chunk);
    return [response.statusCode, (JSON.parse(body) as { error: { code: string } }).error.code];
  }

  const shake = (headers: Record<string, string>, method = 'GET', target = ROUTE) =>
    rawRequest(target, { ...HANDSHAKE, ...headers }, method);

  const ticket = async (options: CallOptions & { route?: unknown } = {}) => {
    const { route = ROUTE, headers, ...rest } = options;
    const response = await stage.call('/access/ticket', {
      method: 'POST',
      body: JSON.stringify({ route }),
      headers: { 'content-type': 'application/json', origin: APP, ...headers },
      ...rest,
    });
    const body = (await response.json()) as {
      data?: { ticket: string; protocol: string; expiresIn: number };
    };
    return { status: response.status, cache: response.headers.get('cache-control'), ...body.data };
  };
  const byTicket = (protocol: string | undefined, options: { path?: string; origin?: string } = {}) =>
    connect({}, { protocols: [protocol!, 'chat'], origin: APP, ...options });

  const activeRequests = async () => {
    const metrics = await (await fetch(`${stage.gateway.adminUrl}/metrics`)).text();
    return Number(/^kisum_active_requests (\d+)$/m.exec(metrics)?.[1]);
  };
  /** Polls, because a socket's end is seen a turn or two later. */
  const untilIdle = async () => {
    while ((await activeRequests()) > 0) await new Promise(setImmediate);
  };

  afterEach('nothing is left open', () => untilIdle());

  describe('with a token', () => {
    it('joins both ends, and the backend sees who it is', async () => {
      const ws = connect(
        { ...identity, 'x-user-id': 'forged', cookie: 'a=b' },
        { protocols: ['chat'], path: `${ROUTE}?room=1&room=2` },
      );
      await once(ws, 'open');
      expect(ws.protocol).to.equal('chat');
      ws.send('hello');
      expect(String((await once(ws, 'message'))[0])).to.equal('hello');
      ws.close();
      await once(ws, 'close');
      const [{ url, headers }] = upgrades as [IncomingMessage];
      expect(url).to.equal(`${ROUTE}?room=1&room=2`);
      expect(headers).to.not.have.any.keys('authorization', 'x-org', 'x-user-id', 'cookie');
      expect(headers.host).to.equal(new URL(stage.backend.url).host);
      const { sub, company } = decodeJwt(headers['x-kisum-assertion'] as string);
      expect({ sub, company }).to.deep.equal({ sub: USER.ana, company: COMPANY.acme });
    });

    it('large messages pass whole, both ways', async () => {
      const ws = connect(identity);
      await once(ws, 'open');
      const message = Buffer.alloc(5_000_000, 'k');
      ws.send(message);
      expect(message.equals((await once(ws, 'message'))[0] as Buffer)).to.equal(true);
      ws.terminate();
    });

    it('an allowed Origin passes, none passes', async () => {
      for (const origin of [APP, '']) {
        const ws = connect(identity, { origin });
        await once(ws, 'open');
        ws.terminate();
      }
    });

    it('the client leaving ends the backend socket', async () => {
      const gone = new Promise((resolve) => {
        onUpgrade = accept((ws) => ws.on('close', resolve));
      });
      const ws = connect(identity);
      await once(ws, 'open');
      ws.terminate();
      await gone;
    });

    it('the backend leaving ends the client socket', async () => {
      onUpgrade = accept((ws) => ws.terminate());
      const ws = connect(identity);
      await once(ws, 'close');
    });

    it('what the backend sent before it left arrives whole', async () => {
      const size = 20_000_000;
      onUpgrade = (_, socket) => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n');
        socket.end(Buffer.alloc(size, 'z'));
      };
      const wire = await openWire(stage.gateway.url);
      wire.socket.write(shake(identity));
      const text = await wire.closed;
      expect(text.length - text.indexOf('\r\n\r\n') - 4).to.equal(size);
    });

    it('what the client sent right behind its handshake arrives', async () => {
      const heard = new Promise<string>((resolve) => {
        onUpgrade = (_, socket) => {
          socket.write(
            'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
          );
          socket.once('data', (chunk: Buffer) => resolve(String(chunk)));
        };
      });
      const wire = await openWire(stage.gateway.url);
      wire.socket.write(`${shake(identity)}early`);
      expect(await heard).to.equal('early');
      wire.socket.destroy();
    });
  });

  describe('refused before the 101', () => {
    afterEach(() => expect(upgrades).to.deep.equal([]));

    it('without a token: 401', async () => {
      expect(await refusal(connect({ 'x-org': COMPANY.acme }))).to.deep.equal([401, 'unauthorized']);
    });

    it('with the token in the query or a subprotocol: 401', async () => {
      const token = identity.authorization!.slice(7);
      const org = { 'x-org': COMPANY.acme };
      for (const name of ['token', 'access_token', 'authorization'])
        expect(await refusal(connect(org, { path: `${ROUTE}?${name}=${token}` }))).to.deep.equal([
          401,
          'unauthorized',
        ]);
      expect(await refusal(connect(org, { protocols: ['bearer', token] }))).to.deep.equal([
        401,
        'unauthorized',
      ]);
    });

    for (const origin of ['https://evil.example', 'null', `${APP}.evil.example`]) {
      it(`from a foreign Origin (${origin}): 403`, async () => {
        expect(await refusal(connect(identity, { origin }))).to.deep.equal([403, 'forbidden']);
      });
    }

    it('without a company: 400; to an unknown route: 404; with no grant: 403', async () => {
      const { authorization = '' } = identity;
      const ben = { ...identity, authorization: `Bearer ${await stage.token('ben')}` };
      expect(await refusal(connect({ authorization }))).to.deep.equal([400, 'validation_error']);
      expect(await refusal(connect(identity, { path: '/api/promoter/unknown' }))).to.deep.equal([
        404,
        'not_found',
      ]);
      expect(await refusal(connect(ben, { path: '/api/ai/predictions' }))).to.deep.equal([403, 'forbidden']);
    });

    for (const [what, method, headers] of [
      [
        'h2c',
        'GET',
        { upgrade: 'h2c', connection: 'Upgrade, HTTP2-Settings', 'http2-settings': 'AAMAAABkAAQAAP__' },
      ],
      ['TLS/1.0', 'GET', { upgrade: 'TLS/1.0' }],
      ['websocket and h2c', 'GET', { upgrade: 'websocket, h2c' }],
      ['h2c and websocket', 'GET', { upgrade: 'h2c, websocket' }],
      ['a POST', 'POST', {}],
      ['a PATCH', 'PATCH', {}],
      ['an old version', 'GET', { 'sec-websocket-version': '8' }],
      ['no version', 'GET', { 'sec-websocket-version': '' }],
      ['no key', 'GET', { 'sec-websocket-key': '' }],
      ['a body', 'GET', { 'content-length': '5' }],
    ] as [string, string, Record<string, string>][]) {
      it(`an upgrade with ${what}: 400 (401 for a stranger), closed, and nothing after it is served`, async () => {
        const next = rawRequest(ROUTE, identity);
        expect(statuses(await raw(stage.gateway.url, shake(headers, method) + next))).to.deep.equal([401]);
        const text = await raw(stage.gateway.url, shake({ ...identity, ...headers }, method) + next);
        expect(statuses(text)).to.deep.equal([400]);
        expect(firstAnswer(text).head).to.match(/connection: close/i);
        expect(stage.seen).to.deep.equal([]);
      });
    }

    it('a refused upgrade keeps no socket, even of a client that stays', async () => {
      const wire = await openWire(stage.gateway.url, { allowHalfOpen: true });
      wire.socket.write(shake({}));
      await wire.until(/^HTTP\/1\.1 401/);
      // Written into a socket the gateway has let go of: it answers with a reset.
      const poke = setInterval(() => wire.socket.write('x'), 10);
      await wire.closed;
      clearInterval(poke);
      expect(wire.failure()?.code).to.be.oneOf(['ECONNRESET', 'EPIPE']);
    });
  });

  it('Upgrade without Connection is no upgrade', async () => {
    const text = await raw(stage.gateway.url, shake({ ...identity, connection: 'close' }));
    expect(statuses(text)).to.deep.equal([200]);
    expect(upgrades).to.deep.equal([]);
  });

  it('an upgrade pipelined behind a running request harms nobody', async () => {
    const text = await raw(
      stage.gateway.url,
      rawRequest(ROUTE, { ...identity, connection: 'keep-alive' }) + shake(identity),
    );
    expect(statuses(text)[0]).to.be.oneOf([undefined, 200, 400]);
    const after = await stage.call(ROUTE);
    expect(after.status).to.equal(200);
    await after.arrayBuffer();
  });

  describe('answers of the backend', () => {
    it('a refusal is passed back whole, and closes', async () => {
      onUpgrade = (_, socket) =>
        void socket.end(
          'HTTP/1.1 409 Conflict\r\ncontent-length: 4\r\nx-why: full\r\nserver: secret\r\n\r\nfull',
        );
      const text = await raw(stage.gateway.url, shake(identity) + rawRequest(ROUTE, identity));
      expect(statuses(text)).to.deep.equal([409]);
      const { head, body } = firstAnswer(text);
      expect(body).to.equal('full');
      expect(head)
        .to.match(/x-why: full/)
        .and.match(/connection: close/i)
        .and.not.match(/server: secret/);
      expect(stage.seen).to.deep.equal([]);
    });

    it('none in time: 503', async () => {
      onUpgrade = () => {};
      expect(await refusal(connect(identity))).to.deep.equal([503, 'service_unavailable']);
    });

    for (const [what, bytes] of [
      ['a reset', ''],
      ['nonsense', 'nonsense\r\n\r\n'],
    ]) {
      it(`${what}: 503`, async () => {
        onUpgrade = (_, socket) => void (bytes ? socket.end(bytes) : socket.destroy());
        expect(await refusal(connect(identity))).to.deep.equal([503, 'service_unavailable']);
      });
    }

    it('a 101 carries neither its own description nor our names', async () => {
      onUpgrade = (_, socket) =>
        void socket.end(
          'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nserver: s\r\nx-powered-by: p\r\nx-kisum-secret: k\r\nx-note: n\r\n\r\n',
        );
      const text = await raw(stage.gateway.url, shake(identity));
      expect(statuses(text)).to.deep.equal([101]);
      expect(text)
        .to.match(/x-note: n/)
        .and.not.match(/server: s|x-powered-by|x-kisum-secret/);
    });
  });

  describe('with a ticket', () => {
    it('opens once, as who asked for it, and is never forwarded', async () => {
      const given = await ticket();
      expect(given).to.include({ status: 201, cache: 'no-store' });
      expect(given.expiresIn).to.be.at.most(10);
      const ws = byTicket(given.protocol);
      await once(ws, 'open');
      ws.terminate();
      const [{ headers }] = upgrades as [IncomingMessage];
      expect(headers['sec-websocket-protocol']).to.equal('chat');
      expect(JSON.stringify(headers)).to.not.include(given.ticket);
      expect(decodeJwt(headers['x-kisum-assertion'] as string)).to.include({
        sub: USER.ana,
        company: COMPANY.acme,
      });
      expect(await refusal(byTicket(given.protocol))).to.deep.equal([401, 'unauthorized']);
    });

    it('a browser that offers nothing else gets its own subprotocol back', async () => {
      onUpgrade = accept(() => {});
      const { protocol } = await ticket();
      const ws = connect({}, { protocols: [protocol!], origin: APP });
      await once(ws, 'open');
      expect(ws.protocol).to.equal(protocol);
      ws.terminate();
    });

    it('of two that race with one ticket, one wins', async () => {
      const { protocol } = await ticket();
      const outcomes = await Promise.all(
        [1, 2, 3].map(async () => {
          const ws = byTicket(protocol);
          const opened = once(ws, 'open').then(() => ws.terminate());
          return Promise.race([
            opened.then(() => 'open'),
            once(ws, 'unexpected-response').then(() => 'refused'),
          ]);
        }),
      );
      expect(outcomes.sort()).to.deep.equal(['open', 'refused', 'refused']);
    });

    it('is bound to its route and its Origin', async () => {
      const elsewhere = byTicket((await ticket()).protocol, { path: '/api/finance/expenses' });
      expect(await refusal(elsewhere)).to.deep.equal([401, 'unauthorized']);
      const evil = byTicket((await ticket()).protocol, { origin: 'https://evil.example' });
      expect(await refusal(evil)).to.deep.equal([401, 'unauthorized']);
      const none = connect({}, { protocols: [(await ticket()).protocol!] });
      expect(await refusal(none)).to.deep.equal([401, 'unauthorized']);
    });

    it('asked for from a foreign Origin opens nothing there', async () => {
      const origin = 'https://evil.example';
      const { protocol } = await ticket({ headers: { origin } });
      expect(await refusal(byTicket(protocol, { origin }))).to.deep.equal([403, 'forbidden']);
    });

    it('names the company: an x-org beside it changes nothing', async () => {
      const { protocol } = await ticket();
      const ws = connect({ 'x-org': COMPANY.bluenote }, { protocols: [protocol!], origin: APP });
      await once(ws, 'open');
      ws.terminate();
      expect(decodeJwt(upgrades[0]!.headers['x-kisum-assertion'] as string).company).to.equal(COMPANY.acme);
    });

    it('expired: 401', async () => {
      const { protocol } = await ticket();
      await stage.db('auth.tickets').update({ expires_at: stage.db.raw(`statement_timestamp()`) });
      expect(await refusal(byTicket(protocol))).to.deep.equal([401, 'unauthorized']);
    });

    it('made up: 401', async () => {
      expect(await refusal(byTicket(`kisum.ticket.${'A'.repeat(43)}`))).to.deep.equal([401, 'unauthorized']);
    });

    it('is judged again when it is used', async () => {
      const { protocol } = await ticket({ user: 'cleo' });
      await stage
        .db('auth.memberships')
        .where({ user_id: USER.cleo, company_id: COMPANY.acme })
        .update({ status: 'suspended' });
      await new Promise((resolve) => setTimeout(resolve, 1100));
      expect(await refusal(byTicket(protocol))).to.deep.equal([403, 'forbidden']);
    });

    for (const [what, options, status] of [
      ['no token', { user: null }, 401],
      ['no company', { company: null }, 400],
      ['a company without membership', { company: 'bluenote' }, 403],
      ['a route that is not granted', { user: 'ben', route: '/api/ai/predictions' }, 403],
      ['an unknown route', { route: '/api/promoter/unknown' }, 404],
      ['a route with a dot segment', { route: '/api/promoter/../finance/expenses' }, 400],
      ['an absolute route', { route: 'https://evil.example/' }, 400],
      ['a route that is no text', { route: { a: 1 } }, 400],
      ['a route of a lone surrogate', { route: '/api/\ud800' }, 400],
      ['another content type', { headers: { 'content-type': 'text/plain' } }, 415],
      ['a body that is no JSON', { body: '{' }, 400],
      ['a body that is null', { body: 'null' }, 400],
      ['a body of nothing', { body: '' }, 400],
      ['a body too large', { body: 'x'.repeat(100_000) }, 413],
    ] as [string, CallOptions & { route?: unknown }, number][]) {
      it(`is not given with ${what}: ${status}`, async () => {
        const { body, ...rest } = options;
        expect((await ticket({ ...rest, ...(body !== undefined && { body }) })).status).to.equal(status);
      });
    }
  });
});
