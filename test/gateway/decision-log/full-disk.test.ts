import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { totalOf, type Dropped } from '../../../policies/decision-log/account.ts';
import { readLog } from '../../../policies/decision-log/read.ts';
import type { Seal } from '../../../policies/decision-log/entry.ts';
import { verifyLogs } from '../../../policies/decision-log/verify.ts';
import { logFolder } from '../../support/decision-log.ts';

interface State {
  accepted: number;
  written: number;
  waiting: number;
  dropped: Dropped;
}

const UNLIMITED = 'unlimited';

/**
 * The system refuses to let any file of that process grow beyond so many bytes: a write ends in the middle of a batch,
 * and the next one fails, as on a disk that is full.
 */
function limitFiles({ pid }: ChildProcess, bytes: number | typeof UNLIMITED): void {
  const { status, error } = spawnSync('prlimit', [`--pid=${pid}`, `--fsize=${bytes}:${UNLIMITED}`]);
  if (status !== 0) throw new Error('prlimit (util-linux) is needed to fill a disk', { cause: error });
}

describe('the decision log on a full disk', () => {
  let folder: string;
  let path: string;
  let child: ChildProcess;
  before(function () {
    if (process.platform !== 'linux') this.skip();
  });
  beforeEach(async () => {
    folder = await logFolder();
    path = join(folder, 'decisions');
    child = fork(join(import.meta.dirname, 'full-disk-process.ts'), [path], {
      execArgv: ['--import=tsx/esm'],
    });
    await once(child, 'message');
  });
  afterEach(async () => {
    if (child.exitCode === null && child.connected) child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  const ask = async (message: number | 'end'): Promise<State> => {
    child.send(message);
    const [state] = (await once(child, 'message')) as [State];
    expect(state.accepted).to.equal(state.written + totalOf(state.dropped) + state.waiting);
    return state;
  };
  const inFile = async () => {
    let events = 0;
    const seals: Seal[] = [];
    for await (const entry of readLog(path)) {
      if (entry.kind === 'event') events += 1;
      if (entry.kind === 'seal') seals.push(entry.seal);
    }
    return { events, seals };
  };

  it('takes back what was written by half, keeps what there is room for, and counts the rest', async () => {
    await ask(10);
    const whole = (await stat(path)).size;
    limitFiles(child, whole + 700);
    const full = await ask(100);
    expect(full.written).to.equal(10);
    expect(full.dropped.overflow + full.dropped.failed).to.be.greaterThan(0);
    expect((await stat(path)).size, 'nothing of the batch is left').to.equal(whole);
    const worse = await ask(100);
    expect(worse.dropped.failed).to.be.greaterThan(full.dropped.failed + 90);

    limitFiles(child, UNLIMITED);
    const again = await ask(5);
    expect(again.waiting).to.equal(0);
    const end = await ask('end');
    expect(end.accepted).to.equal(10 + 100 + 100 + 5);
    const { events, seals } = await inFile();
    expect(events).to.equal(end.written);
    const { findings, chains } = await verifyLogs([path]);
    expect(findings).to.deep.equal([]);
    expect(totalOf(chains[0]!.dropped), 'the gap stands in the log itself').to.equal(totalOf(end.dropped));
    expect(seals.at(-1)).to.deep.include({ accepted: end.accepted, written: end.written, end: true });
  });

  it('ends in time when there is never room again, and counts what was lost', async () => {
    await ask(10);
    limitFiles(child, (await stat(path)).size);
    await ask(20);
    const end = await ask('end');
    expect(end).to.deep.include({ accepted: 30, written: 10, waiting: 0 });
    expect(totalOf(end.dropped)).to.equal(20);
    const { findings, chains } = await verifyLogs([path]);
    expect(findings).to.deep.equal([]);
    expect(chains[0]).to.deep.include({ events: 10, closed: false });
  });
});
