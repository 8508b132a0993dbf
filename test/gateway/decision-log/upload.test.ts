import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { totalOf } from '../../../policies/decision-log/account.ts';
import { openUploadSink, type Sink } from '../../../gateway/decision-log/sink.ts';
import { catalog, eventText, logDecisions, silent } from '../../support/decision-log.ts';
import { serve, type TestServer } from '../../support/servers.ts';
import { until } from '../../support/until.ts';

/** How the receiver behaves. */
type Manner = 'takes' | 'fails' | 'refuses' | 'hangs' | 'resets' | 'takes and says nothing';

describe('decisions that are uploaded', () => {
  let manner: Manner;
  let uploads: { url: string; headers: IncomingMessage['headers']; ids: string[] }[];
  let receiver: TestServer;
  const held = new Set<ServerResponse>();

  beforeEach(async () => {
    manner = 'takes';
    uploads = [];
    receiver = await serve((req, res) => void receive(req, res));
  });
  afterEach(() => receiver.close());

  async function receive(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    if (manner === 'hangs') return void held.add(res);
    if (manner === 'resets') return void req.socket.resetAndDestroy();
    if (manner === 'fails') return void res.writeHead(500).end('no');
    if (manner === 'refuses') return void res.writeHead(413).end();
    const events = JSON.parse(gunzipSync(Buffer.concat(chunks)).toString()) as { decision_id: string }[];
    uploads.push({ url: req.url!, headers: req.headers, ids: events.map((event) => event.decision_id) });
    if (manner === 'takes') res.writeHead(200).end('{}');
    else req.socket.resetAndDestroy();
  }

  const open = (url = receiver.url, bufferBytes = 100_000): Sink =>
    openUploadSink({ url, token: 'secret-token', bufferBytes, timeoutMs: 100, log: silent });
  const stateOf = ({ delivery: { outbox } }: Sink) => {
    const { account, waiting } = outbox;
    expect(account.accepted).to.equal(account.written + totalOf(account.dropped) + waiting);
    return { ...account, waiting };
  };

  it('come as OPA uploads them: a gzipped array posted to /logs, in order, with the token', async () => {
    const sink = open(`${receiver.url}/opa/`);
    for (const id of ['a', 'b', 'c']) sink.delivery.offer(eventText(id), catalog);
    await sink.delivery.flush();
    const [{ url, headers, ids }] = uploads as [(typeof uploads)[0]];
    expect(url).to.equal('/opa/logs');
    expect(headers).to.include({
      'content-encoding': 'gzip',
      'content-type': 'application/json',
      authorization: 'Bearer secret-token',
    });
    expect(ids).to.deep.equal(['a', 'b', 'c']);
    await sink.close(100);
  });

  const TRANSIENT: Manner[] = ['fails', 'hangs', 'resets', 'takes and says nothing'];
  for (const bad of TRANSIENT) {
    it(`wait when the receiver ${bad}, and are sent again`, async () => {
      const sink = open();
      manner = bad;
      await logDecisions(sink, 5);
      expect(stateOf(sink)).to.deep.include({ accepted: 5, written: 0, waiting: 5 });
      manner = 'takes';
      await sink.delivery.flush();
      expect(stateOf(sink)).to.deep.include({ written: 5, waiting: 0 });
      expect(uploads.at(-1)!.ids).to.have.lengthOf(5);
      await sink.close(100);
    });
  }

  it('are tried again without being asked', async () => {
    const sink = open();
    manner = 'fails';
    await logDecisions(sink, 2);
    manner = 'takes';
    await until(() => uploads.length === 1);
    await sink.close(1000);
    expect(stateOf(sink).written).to.equal(2);
  });

  it('are counted when the receiver refuses them for good', async () => {
    const sink = open();
    manner = 'refuses';
    await logDecisions(sink, 5);
    expect(stateOf(sink)).to.deep.include({ written: 0, waiting: 0 });
    expect(stateOf(sink).dropped.refused).to.equal(5);
    await sink.close(100);
  });

  it('take bounded room while nobody is there, and are counted by cause', async () => {
    const gone = await serve(() => {});
    gone.close();
    await once(gone.server, 'close');
    const sink = open(gone.url, 10_000);
    await logDecisions(sink, 10);
    await logDecisions(sink, 1000);
    const { waiting, dropped } = stateOf(sink);
    expect(waiting).to.be.lessThan(25);
    expect(dropped.failed).to.equal(1010 - waiting);
    await sink.close(100);
    expect(stateOf(sink)).to.deep.include({ written: 0, waiting: 0 });
    expect(stateOf(sink).dropped.shutdown).to.equal(waiting);
  });

  it('do not keep the process longer than they may when the receiver hangs', async () => {
    const sink = openUploadSink({
      url: receiver.url,
      token: undefined,
      bufferBytes: 100_000,
      timeoutMs: 60_000,
      log: silent,
    });
    manner = 'hangs';
    for (let i = 0; i < 3; i += 1) sink.delivery.offer(eventText(), catalog);
    await sink.close(50);
    expect(stateOf(sink)).to.deep.include({ accepted: 3, written: 0, waiting: 0 });
    expect(stateOf(sink).dropped.shutdown).to.equal(3);
  });
});
