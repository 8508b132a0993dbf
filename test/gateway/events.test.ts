import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import { pino } from 'pino';
import { manifest } from '../../modules/addons/ai/manifest.ts';
import { createModuleApp } from '../../modules/kit/app.ts';
import { defineModule } from '../../modules/kit/define-module.ts';
import type { ServerEvent } from '../../modules/kit/events.ts';
import type { ModuleRequest } from '../../modules/kit/handler.ts';
import { all, eventsOf } from '../support/events.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';

describe('a stream of events through the gateway', () => {
  let stage: Stage;
  let source: (request: ModuleRequest) => AsyncIterable<ServerEvent>;
  let module: RequestListener;
  const lines: Record<string, unknown>[] = [];

  before(async () => {
    stage = await openStage({ backend: (req, res) => module(req, res) });
    const ask = { body: {}, handle: (request: ModuleRequest) => ({ events: source(request) }) };
    const definition = defineModule(manifest, { service: 'ai.chat', handlers: { 'chat.ask': ask } });
    const app = createModuleApp(definition, {
      assertionKeys: `${stage.gateway.url}/.well-known/gateway-jwks.json`,
      // Nothing here is asked of it.
      db: undefined as never,
      logger: pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[0]) }),
    });
    const answer = app.callback();
    module = (req, res) => void answer(req, res);
  });
  after(() => stage.close());

  const open = (signal?: AbortSignal) =>
    stage.call('/api/ai/chat', {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
      ...(signal && { signal }),
    });

  it('arrives event by event, and ends when the module ends it', async () => {
    let goOn: (() => void) | undefined;
    source = async function* () {
      for (const data of ['one', 'two', 'three']) {
        yield { data };
        await new Promise<void>((resolve) => (goOn = resolve));
      }
    };
    const response = await open();
    expect(response.headers.get('content-type')).to.equal('text/event-stream');
    const stream = eventsOf(response);
    // The next one is not made before this one has arrived.
    for (const data of ['one', 'two', 'three']) {
      expect((await stream.next()).value).to.deep.equal({ data });
      await until(() => goOn !== undefined);
      goOn!();
      goOn = undefined;
    }
    expect((await stream.next()).done).to.equal(true);
  });

  it('tells of a failure on the way as its last event', async () => {
    source = async function* () {
      yield await Promise.resolve({ data: 'one' });
      throw new Error('canary');
    };
    const events = await all(eventsOf(await open()));
    expect(events.map(({ event = 'message' }) => event)).to.deep.equal(['message', 'error']);
    expect(JSON.stringify(events)).not.to.include('canary');
  });

  it('stops in the module when the client goes away from the gateway', async () => {
    let stopped = false;
    source = async function* ({ signal }) {
      yield { data: 'one' };
      await once(signal, 'abort');
      stopped = true;
    };
    const abort = new AbortController();
    const before = lines.length;
    await eventsOf(await open(abort.signal)).next();
    abort.abort();
    await until(() => stopped && lines.length > before);
    expect(lines.at(-1)).to.include({ result: 'allowed', clientGone: true });
  });
});
