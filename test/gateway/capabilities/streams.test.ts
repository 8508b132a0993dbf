import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { expect } from 'chai';
import { SignJWT } from 'jose';
import type { AccessDocument } from '../../../gateway/doors/access-document.ts';
import { AccessStreams } from '../../../gateway/doors/access-streams.ts';
import { unavailable } from '../../../gateway/errors.ts';
import { Cut } from '../../../gateway/leases/transfer.ts';
import { Exchange } from '../../../gateway/request/exchange.ts';
import { ClientGone } from '../../../gateway/upstream/relay.ts';
import { eventsOf, type ReceivedEvent } from '../../support/events.ts';
import { serve, type TestServer } from '../../support/servers.ts';
import { until } from '../../support/until.ts';

type Limits = ConstructorParameters<typeof AccessStreams>[2];

/** Streams on real sockets, of documents that the test writes. */
describe('streams of access', () => {
  let server: TestServer;
  let document: AccessDocument | Error;
  let exchanges: Exchange[];
  let outcomes: unknown[];
  let exp: number;

  const tokenOf = () => new SignJWT({ exp }).setProtectedHeader({ alg: 'HS256' }).sign(new Uint8Array(32));
  const open = async (limits: Limits, accessLeaseMs = 200) => {
    const documents = {
      of: () => {
        if (document instanceof Error) throw document;
        return document;
      },
    };
    const streams = new AccessStreams(
      { catalogs: { current: {} } as never, accessLeaseMs },
      documents as never,
      limits,
    );
    const bearer = await tokenOf();
    const answer = (req: IncomingMessage, res: ServerResponse) => {
      const exchange = new Exchange(req, res);
      Object.assign(exchange, { userId: req.url, bearer, ownHeaders: [], access: {} });
      exchanges.push(exchange);
      void Promise.resolve()
        .then(() => streams.open(exchange))
        .then(
          () => outcomes.push('ended'),
          (error: Error) => {
            outcomes.push(error);
            if (!res.headersSent) res.writeHead(503).end();
          },
        );
    };
    server = await serve(answer);
  };
  const listen = async (user = '/ben') => {
    const abort = new AbortController();
    const response = await fetch(server.url + user, { signal: abort.signal });
    const blocks: ReceivedEvent[] = [];
    const read = async () => {
      for await (const block of eventsOf(response)) blocks.push(block);
    };
    const ended = read();
    ended.catch(() => {});
    return { status: response.status, blocks, ended, leave: () => abort.abort() };
  };
  const renew = () => exchanges.forEach(({ transfer }) => transfer?.renew!());

  beforeEach(() => {
    document = { text: '{}', etag: '"1"' };
    exchanges = [];
    outcomes = [];
    exp = Date.now() / 1000 + 600;
  });
  afterEach(() => server.close());

  it('beat, so that a connection that broke is noticed', async () => {
    await open({ heartbeatMs: 10 });
    const { blocks } = await listen();
    await until(() => blocks.filter((it) => it.comment !== undefined).length > 3);
  });

  it('are so many in all and no more, and a place is free again when one leaves', async () => {
    await open({ streams: 2 });
    const ana = await listen('/ana');
    await listen('/ben');
    expect((await listen('/cleo')).status).to.equal(503);
    ana.leave();
    await until(() => outcomes.some((it) => it instanceof ClientGone));
    expect((await listen('/cleo')).status).to.equal(200);
  });

  it('end with the token', async () => {
    exp = Date.now() / 1000 - 29.9;
    await open({ heartbeatMs: 10 });
    const { blocks, ended } = await listen();
    await ended;
    expect(blocks.at(-1)).to.deep.equal({
      event: 'end',
      data: '{"code":"unauthorized","message":"the token is expired"}',
    });
    expect(outcomes[0]).to.be.instanceOf(Cut);
  });

  it('tell once what changed many times at once', async () => {
    await open({});
    const { blocks } = await listen();
    await until(() => blocks.some(({ id }) => id === '"1"'));
    for (let i = 2; i <= 50; i += 1) {
      document = { text: `{"i":${i}}`, etag: `"${i}"` };
      renew();
    }
    await until(() => blocks.some(({ id }) => id === '"50"'));
    expect(blocks.filter(({ event }) => event)).to.have.length(2);
  });

  it('are patient for a lease with what cannot be determined, and no longer', async () => {
    await open({ paceMs: 5 });
    const { blocks, ended } = await listen();
    await until(() => blocks.some(({ id }) => id === '"1"'));
    document = unavailable('access cannot be determined');
    renew();
    document = { text: '{}', etag: '"2"' };
    await until(() => blocks.some(({ id }) => id === '"2"'));
    document = unavailable('access cannot be determined');
    const began = performance.now();
    renew();
    await ended;
    expect(performance.now() - began).to.be.at.least(200);
    expect(blocks.at(-1)!.event).to.equal('end');
  });

  it('keep nothing for a client that does not read, and give it the newest when it does', async () => {
    await open({ paceMs: 1 });
    const { hostname, port } = new URL(server.url);
    const client = connect(Number(port), hostname);
    await once(client, 'connect');
    client.pause();
    client.write('GET /slow HTTP/1.1\r\nhost: x\r\n\r\n');
    await until(() => exchanges[0]?.transfer !== undefined);
    const { res } = exchanges[0]!;
    const filling = 'x'.repeat(200_000);
    let most = 0;
    for (let i = 2; i <= 100; i += 1) {
      document = { text: JSON.stringify({ i, filling }), etag: `"${i}"` };
      renew();
      await new Promise((resolve) => setTimeout(resolve, 2));
      most = Math.max(most, res.writableLength);
    }
    expect(res.writableNeedDrain).to.equal(true);
    expect(most).to.be.lessThan(2 * filling.length);
    let text = '';
    client.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    client.resume();
    await until(() => text.includes('id: "100"'));
    expect(text.split('event: access').length).to.be.lessThan(80);
    client.destroy();
  });
});
