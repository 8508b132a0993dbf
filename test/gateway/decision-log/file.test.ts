import { appendFile, rm, truncate, writeFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { readLog, type PlacedEntry } from '../../../policies/decision-log/read.ts';
import { verifyLogs } from '../../../policies/decision-log/verify.ts';
import {
  eventText,
  filesOf,
  logDecisions,
  logFolder,
  logKey,
  openLog,
  textOf,
  catalog,
} from '../../support/decision-log.ts';

const SOON_MS = 2000;

describe('the decision log in a file', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await logFolder();
    path = join(folder, 'decisions');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const entries = async (files: string[]) => {
    const found: PlacedEntry[] = [];
    for (const file of files) for await (const entry of readLog(file)) found.push(entry);
    return found;
  };

  it('holds every decision once, in order, sealed, with the catalog before them', async () => {
    const log = await openLog(path);
    const ids = Array.from({ length: 40 }, (_, i) => `id-${i}`);
    for (const id of ids) log.delivery.offer(eventText(id), catalog);
    await log.delivery.flush();
    await log.close(SOON_MS);
    const found = await entries([path]);
    const events = found.flatMap((it) => (it.kind === 'event' ? [it.event.decision_id] : []));
    expect(events).to.deep.equal(ids);
    expect(found[0]!.kind).to.equal('open');
    expect(found.filter(({ kind }) => kind === 'catalog')).to.have.lengthOf(1);
    const firstEvent = found.findIndex(({ kind }) => kind === 'event');
    expect(found.findIndex(({ kind }) => kind === 'catalog')).to.be.lessThan(firstEvent);
    const report = await verifyLogs([path]);
    expect(report.findings).to.deep.equal([]);
    expect(report.chains[0]).to.deep.include({ events: 40, closed: true, signed: false, proven: null });
    expect(log.delivery.outbox.account).to.deep.include({ accepted: 40, written: 40 });
  });

  it('is rotated by size; the chain goes on, every file begins with the catalog, old ones go', async () => {
    const { signer, keys } = logKey();
    const log = await openLog(path, { maxBytes: 4000, keep: 3, signer });
    for (let turn = 0; turn < 12; turn += 1) await logDecisions(log, 5);
    await log.close(SOON_MS);
    const files = await filesOf(path);
    expect(files).to.have.lengthOf(4);
    for (const file of files) {
      const kinds = (await entries([file])).map(({ kind }) => kind);
      expect(kinds[0], file).to.equal('open');
      expect(kinds.slice(-2), file).to.deep.equal(['seal', 'checkpoint']);
      if (kinds.includes('event')) expect(kinds.slice(1, 3), file).to.deep.equal(['catalog', 'event']);
    }
    const report = await verifyLogs(files, { keys });
    expect(report.findings).to.deep.equal([]);
    expect(report.notes.join()).to.match(/removed by rotation/);
    expect(report.chains).to.have.lengthOf(1);
    expect(report.chains[0]!.proven!.seq).to.equal(report.chains[0]!.to);
  });

  it('takes many times what there is room for, when it is written in between', async () => {
    const log = await openLog(path, { bufferBytes: 20_000 });
    for (let turn = 0; turn < 10; turn += 1) await logDecisions(log, 30);
    await log.close(SOON_MS);
    expect(log.delivery.outbox.account).to.deep.include({ accepted: 300, written: 300 });
  });

  it('of the next process goes on in the same file, as a chain of its own that names the one before', async () => {
    for (const count of [3, 4]) {
      const log = await openLog(path);
      await logDecisions(log, count);
      await log.close(SOON_MS);
    }
    const { findings, chains } = await verifyLogs([path]);
    expect(findings).to.deep.equal([]);
    expect(chains.map(({ events }) => events)).to.deep.equal([3, 4]);
  });

  it('after a crash is told from a changed one: the tail without a seal is said, and pinned by the next process', async () => {
    const running = join(folder, 'running');
    const log = await openLog(running);
    await logDecisions(log, 9);
    const whole = await textOf(running);
    await log.close(SOON_MS);
    await writeFile(path, `${whole}${eventText()}${eventText().slice(0, 50)}`);
    const crashed = await verifyLogs([path]);
    expect(crashed.findings).to.deep.equal([]);
    expect(crashed.chains[0]!.unsealed).to.deep.include({ lines: 2, events: 2, torn: true });

    const next = await openLog(path);
    await logDecisions(next, 2);
    await next.close(SOON_MS);
    const after = await verifyLogs([path]);
    expect(after.findings).to.deep.equal([]);
    expect(after.chains[0]!.unsealed).to.deep.include({ lines: 2 });

    const text = await textOf(path);
    await writeFile(
      path,
      text.slice(0, whole.length) + text.slice(whole.length).replace('allow":false', 'allow":true '),
    );
    const changed = await verifyLogs([path]);
    expect(changed.findings.map(({ kind }) => kind)).to.deep.equal(['changed']);
  });

  it('that somebody moves away or cuts is begun anew, and the chain goes on', async () => {
    const log = await openLog(path);
    await logDecisions(log, 3);
    await rename(path, join(folder, 'moved'));
    await logDecisions(log, 3);
    await truncate(path, 100);
    await logDecisions(log, 3);
    await log.close(SOON_MS);
    const files = [join(folder, 'moved'), ...(await filesOf(path))];
    expect(log.delivery.outbox.account).to.deep.include({ accepted: 9, written: 9 });
    const { findings } = await verifyLogs(files);
    expect(findings.map(({ kind }) => kind)).to.include('missing');
    expect((await entries([path])).filter(({ kind }) => kind === 'event')).to.have.lengthOf(3);
  });

  it('refuses what is something else', async () => {
    await appendFile(path, 'a diary\n');
    await openLog(path).then(
      () => expect.fail('it was opened'),
      (error: Error) => expect(error.message).to.match(/no decision log: give another path/),
    );
    await openLog('/dev/null').then(
      () => expect.fail('it was opened'),
      (error: Error) => expect(error.message).to.match(/no regular file/),
    );
    await openLog('/nowhere/decisions.log').then(
      () => expect.fail('it was opened'),
      (error: Error) => expect(error.message).to.match(/there is no folder \/nowhere; make it/),
    );
  });
});
