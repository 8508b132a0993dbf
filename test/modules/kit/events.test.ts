import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { unavailable } from '../../../modules/kit/errors.ts';
import { frame, type ServerEvent } from '../../../modules/kit/events.ts';
import type { ModuleRequest } from '../../../modules/kit/handler.ts';
import { all, eventsOf } from '../../support/events.ts';
import { until } from '../../support/until.ts';
import { demoModule, serve, type Served } from '../support/demo.ts';
import { assertionSigner } from '../support/gateway-keys.ts';
import { call } from '../support/http.ts';

type Source = (request: ModuleRequest) => AsyncIterable<ServerEvent>;

/** Resolved by the test. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe('a stream of events', () => {
  let served: Served;
  let headers: Record<string, string>;
  let source: Source;

  before(async () => {
    const { definition } = demoModule({
      'thing.list': { handle: (request) => ({ events: source(request) }) },
      'thing.get': {
        handle: () => {
          throw unavailable('not before the first word');
        },
      },
    });
    const signer = await assertionSigner('demo');
    headers = { 'x-kisum-assertion': await signer.sign({ permissions: ['demo.thing.view'] }) };
    served = await serve(definition, { assertionKeys: signer.jwks, heartbeatMs: 5 });
  });
  after(() => served.close(0));

  const open = (init: RequestInit = {}) => fetch(`${served.url}/api/demo/things`, { headers, ...init });
  const events = async () => (await all(eventsOf(await open()))).filter(({ data }) => data !== undefined);

  it('is sent as it is, and the request’s one line is written at its end', async () => {
    const { opened, open: finish } = gate();
    source = async function* () {
      yield { id: '1', event: 'word', data: 'first' };
      await opened;
      yield { data: '' };
    };
    const lines = served.lines.length;
    const response = await open();
    expect(response.status).to.equal(200);
    expect(response.headers.get('content-type')).to.equal('text/event-stream');
    expect(response.headers.get('cache-control')).to.equal('no-store');
    const stream = eventsOf(response);
    expect((await stream.next()).value).to.deep.equal({ id: '1', event: 'word', data: 'first' });
    expect(served.lines).to.have.length(lines);
    finish();
    expect((await all(stream)).filter(({ data }) => data !== undefined)).to.deep.equal([{ data: '' }]);
    await until(() => served.lines.length > lines);
    expect(served.lines.at(-1)).to.include({ result: 'allowed', status: 200 }).and.not.have.property('error');
    expect(served.lines.at(-1)).not.to.have.property('clientGone');
  });

  it('gives signs of life while nothing happens', async () => {
    const { opened, open: finish } = gate();
    source = async function* () {
      await opened;
      yield { data: 'late' };
    };
    const stream = eventsOf(await open());
    for (let beats = 0; beats < 3; beats += 1)
      expect((await stream.next()).value).to.deep.equal({ comment: '' });
    finish();
    expect((await all(stream)).at(-1)).to.deep.equal({ data: 'late' });
  });

  it('keeps what has line breaks inside its data, whatever they are', () => {
    const evil = 'x\nevent: admin\r\nid: 9\rdata: y\n\nretry: 1';
    expect(frame({ event: 'word', data: evil })).to.equal(
      'event: word\ndata: x\ndata: event: admin\ndata: id: 9\ndata: data: y\ndata: \ndata: retry: 1\n\n',
    );
    const text = fc.string({ unit: fc.constantFrom('a', '\n', '\r', ':', ' ', 'data', '\u2028', '\0') });
    fc.assert(
      fc.property(text, (data) => {
        const lines = frame({ data }).split('\n').slice(0, -2);
        expect(lines.every((line) => /^data: [^\r]*$/.test(line))).to.equal(true);
        const received = lines.map((line) => line.slice('data: '.length)).join('\n');
        expect(received).to.equal(data.replace(/\r\n|\r/g, '\n'));
      }),
    );
  });

  it('ends with an event that tells of the failure, and of nothing inside', async () => {
    source = async function* () {
      yield { data: 'first' };
      await Promise.reject(new Error('canary of the inside'));
    };
    const [, last] = await events();
    expect(last?.event).to.equal('error');
    const told = JSON.parse(last!.data!) as { success: boolean; error: Record<string, string> };
    expect(told.success).to.equal(false);
    expect(told.error).to.include({ code: 'internal_error', message: 'the module failed' });
    expect(last!.data).not.to.include('canary');
    await until(() => served.lines.at(-1)?.['error'] === 'internal_error');
    expect(served.lines.at(-1)).to.include({ result: 'failed', status: 200 });
    expect(JSON.stringify(served.lines.at(-1)?.['causes'])).to.include('canary of the inside');
  });

  it('ends so too for a name or an id that is more than one line', async () => {
    for (const field of ['event', 'id']) {
      source = async function* () {
        yield await Promise.resolve({ [field]: 'a\ndata: b', data: 'x' });
      };
      expect((await events()).map(({ event }) => event)).to.deep.equal(['error']);
    }
  });

  it('is an ordinary error when it fails before it is one', async () => {
    const reply = await call(`${served.url}/api/demo/things/bbbbbbbb-0000-4000-8000-000000000001`, {
      headers,
    });
    expect(reply.status).to.equal(503);
    expect(reply.body.error.code).to.equal('service_unavailable');
  });

  it('has no body for HEAD, and is not even begun', async () => {
    let begun = false;
    source = async function* () {
      begun = true;
      yield await Promise.resolve({ data: 'x' });
    };
    const response = await open({ method: 'HEAD' });
    expect(response.status).to.equal(200);
    expect(await response.text()).to.equal('');
    expect(begun).to.equal(false);
  });

  it('stops when the client goes away: its source hears of it and is closed', async () => {
    const heard: string[] = [];
    source = async function* ({ signal }) {
      try {
        yield { data: 'first' };
        await once(signal, 'abort');
        heard.push('signal');
        yield { data: 'for nobody' };
        heard.push('went on');
      } finally {
        heard.push('closed');
      }
    };
    const lines = served.lines.length;
    const abort = new AbortController();
    await eventsOf(await open({ signal: abort.signal })).next();
    abort.abort();
    await until(() => heard.includes('closed') && served.lines.length > lines);
    expect(heard).to.deep.equal(['signal', 'closed']);
    expect(served.lines.slice(lines)).to.have.length(1);
    expect(served.lines.at(-1)).to.include({ result: 'allowed', clientGone: true });
  });

  it('ends then also when its source never does', async () => {
    source = async function* () {
      yield { data: 'first' };
      await new Promise(() => {});
    };
    const lines = served.lines.length;
    const abort = new AbortController();
    await eventsOf(await open({ signal: abort.signal })).next();
    abort.abort();
    await until(() => served.lines.length > lines);
    expect(served.lines.at(-1)).to.include({ clientGone: true });
  });

  it('is made no faster than a slow client reads it', async () => {
    const total = 1500;
    let made = 0;
    source = async function* () {
      for (; made < total; made += 1) yield await Promise.resolve({ data: 'x'.repeat(65_536) });
    };
    const { hostname, port } = new URL(served.url);
    const socket = connect(Number(port), hostname);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    socket.write(
      `GET /api/demo/things HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${lines.join('\r\n')}\r\n\r\n`,
    );
    await until(() => made > 0);
    // Without backpressure the source would have run dry before the first of these is answered.
    for (let i = 0; i < 20; i += 1) await call(`${served.url}/api/demo/hello`);
    expect(made).to.be.lessThan(total);
    let received = 0;
    socket.on('data', (chunk: Buffer) => (received += chunk.length));
    socket.resume();
    await once(socket, 'close');
    expect(made).to.equal(total);
    expect(received).to.be.greaterThan(total * 65_536);
  });
});
