import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { expect } from 'chai';
import { Client } from 'undici';
import { COMPANY, openStage, type Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';

const EVENTS = '/api/promoter/events';

describe('draining', () => {
  let stage: Stage;
  let waiting: ServerResponse[];
  const clients: Client[] = [];

  beforeEach(async () => {
    waiting = [];
    stage = await openStage({
      backend: (req, res) => {
        req.resume();
        waiting.push(res);
      },
      env: { DRAIN_TIMEOUT_MS: '10000' },
    });
  });
  afterEach(async () => {
    waiting.forEach((res) => res.destroy());
    await Promise.all(clients.splice(0).map((client) => client.destroy()));
    await stage.close();
  });

  const ask = async (client: Client) =>
    client.request({
      path: EVENTS,
      method: 'GET',
      headers: { authorization: `Bearer ${await stage.token('ana')}`, 'x-org': COMPANY.acme },
    });
  const open = () => {
    const client = new Client(stage.gateway.url, { pipelining: 2 });
    clients.push(client);
    return client;
  };
  const refusesConnections = async () => {
    const { hostname, port } = new URL(stage.gateway.url);
    const socket = connect(Number(port), hostname);
    const outcome = await Promise.race([
      once(socket, 'connect').then(() => 'connected'),
      once(socket, 'error').then(() => 'refused'),
    ]).catch(() => 'refused');
    socket.destroy();
    return outcome === 'refused';
  };

  it('a running request ends well, a new one is refused, and readyz tells before it is over', async () => {
    const running = ask(open());
    await until(() => waiting.length === 1);
    const drained = stage.gateway.drain();
    await until(refusesConnections);
    const ready = await fetch(`${stage.gateway.adminUrl}/readyz`);
    expect(ready.status).to.equal(503);
    expect(await ready.json()).to.include({ status: 'not_ready' });
    expect((await fetch(`${stage.gateway.adminUrl}/healthz`)).status).to.equal(200);
    waiting[0]!.end('done');
    const { statusCode, body } = await running;
    expect(statusCode).to.equal(200);
    expect(await body.text()).to.equal('done');
    await drained;
  });

  it('what comes behind a running request on its connection is a 503, and the connection closes', async () => {
    const client = open();
    const running = ask(client);
    await until(() => waiting.length === 1);
    const drained = stage.gateway.drain();
    const next = ask(client);
    await until(refusesConnections);
    waiting[0]!.end('done');
    expect((await running).statusCode).to.equal(200);
    const outcome = await next.then(
      async ({ statusCode, headers, body }) => {
        await body.text();
        return [statusCode, headers['connection']].join(' ');
      },
      () => 'closed',
    );
    expect(outcome).to.be.oneOf(['503 close', 'closed']);
    expect(waiting).to.have.lengthOf(1);
    await drained;
  });

  it('a large answer reaches a slow client whole', async () => {
    const size = 3_000_000;
    const running = await (async () => {
      const asked = ask(open());
      await until(() => waiting.length === 1);
      waiting[0]!.end(Buffer.alloc(size, 'x'));
      return asked;
    })();
    const drained = stage.gateway.drain();
    await until(refusesConnections);
    let received = 0;
    for await (const chunk of running.body as AsyncIterable<Buffer>) {
      received += chunk.length;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(received).to.equal(size);
    await drained;
  });
});

describe('draining against the clock', () => {
  it('what is still running when the time is up is cut off', async () => {
    let reached = 0;
    const stage = await openStage({ backend: () => (reached += 1), env: { DRAIN_TIMEOUT_MS: '50' } });
    const running = stage.call(EVENTS).then(
      ({ status }) => status,
      () => 'cut off',
    );
    await until(() => reached === 1);
    await stage.close();
    expect(await running).to.be.oneOf(['cut off', 503]);
  });
});
