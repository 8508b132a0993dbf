import { rename, rm } from 'node:fs/promises';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { totalOf } from '../../../policies/decision-log/account.ts';
import { readLogs } from '../../../policies/decision-log/read.ts';
import { verifyLogs } from '../../../policies/decision-log/verify.ts';
import { openUploadSink, type Sink } from '../../../gateway/decision-log/sink.ts';
import { catalog, eventText, filesOf, logFolder, openLog, silent } from '../../support/decision-log.ts';
import { serve, type TestServer } from '../../support/servers.ts';

type Happening = { does: 'decide'; count: number } | { does: 'flush' | 'break' | 'mend' | 'leave out' };

const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ does: fc.constant('decide' as const), count: fc.integer({ min: 1, max: 30 }) }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        does: fc.constantFrom<'flush' | 'break' | 'mend' | 'leave out'>(
          'flush',
          'break',
          'mend',
          'leave out',
        ),
      }),
    },
  ),
  { maxLength: 25 },
);
const RUNS = { numRuns: 60 };

describe('the account of the decision log', () => {
  let folder: string;
  before(async () => (folder = await logFolder()));
  after(() => rm(folder, { recursive: true }));

  /** Plays it all, and holds the account against the count at every moment. @returns what was offered */
  async function play(
    sink: Sink,
    story: Happening[],
    sinkBreaks: (broken: boolean) => Promise<void>,
  ): Promise<number> {
    const { outbox } = sink.delivery;
    let offered = 0;
    let broken = false;
    const holds = () => {
      const { accepted, written, dropped } = outbox.account;
      expect(accepted).to.equal(offered);
      expect(accepted).to.equal(written + totalOf(dropped) + outbox.waiting);
    };
    for (const happening of story) {
      if (happening.does === 'decide') {
        for (let turn = 0; turn < happening.count; turn += 1) sink.delivery.offer(eventText(), catalog);
        offered += happening.count;
      } else if (happening.does === 'leave out') {
        outbox.leaveOut();
        offered += 1;
      } else if (happening.does === 'flush') await sink.delivery.flush();
      else {
        broken = happening.does === 'break';
        await sinkBreaks(broken);
      }
      holds();
    }
    await sink.close(broken ? 20 : 5000);
    holds();
    expect(outbox.waiting).to.equal(0);
    return offered;
  }

  it('of a file is exact whatever happens to its folder, and the log itself says the same', async () => {
    let turn = 0;
    await fc.assert(
      fc.asyncProperty(happenings, async (story) => {
        const place = join(folder, `log-${(turn += 1)}`);
        await mkdir(place);
        const path = join(place, 'decisions');
        const sink = await openLog(path, { maxBytes: 9000, bufferBytes: 12_000 });
        // Without its folder nothing can be written: what lies there already stays where it is.
        let broken = false;
        const offered = await play(sink, story, async (breaks) => {
          if (breaks !== broken)
            await rename(breaks ? place : `${place}-away`, breaks ? `${place}-away` : place);
          broken = breaks;
        });
        if (broken) await rename(`${place}-away`, place);
        const files = await filesOf(path);
        let events = 0;
        for await (const { kind } of readLogs(files)) if (kind === 'event') events += 1;
        const { account } = sink.delivery.outbox;
        expect(events).to.equal(account.written);
        const { findings, chains } = await verifyLogs(files);
        expect(findings).to.deep.equal([]);
        if (chains[0]!.closed) expect(chains[0]!.events + totalOf(chains[0]!.dropped)).to.equal(offered);
      }),
      RUNS,
    );
    expect((await readdir(folder)).length).to.be.greaterThan(10);
  });

  it('of a receiver is exact whatever it answers: written is what it confirmed', async () => {
    let status = 200;
    const confirmed: string[] = [];
    const receiver: TestServer = await serve((req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        const events = JSON.parse(gunzipSync(Buffer.concat(chunks)).toString()) as { decision_id: string }[];
        if (status === 200) confirmed.push(...events.map((it) => it.decision_id));
        res.writeHead(status).end();
      });
    });
    await fc.assert(
      fc.asyncProperty(happenings, fc.constantFrom(500, 401, 413), async (story, failure) => {
        confirmed.length = 0;
        status = 200;
        const sink = openUploadSink({
          url: receiver.url,
          token: undefined,
          bufferBytes: 12_000,
          log: silent,
        });
        await play(sink, story, (breaks) => Promise.resolve(void (status = breaks ? failure : 200)));
        const { written } = sink.delivery.outbox.account;
        expect(confirmed).to.have.lengthOf(written);
        expect(new Set(confirmed).size).to.equal(written);
      }),
      RUNS,
    );
    receiver.close();
  });
});
