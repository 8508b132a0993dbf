import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect } from 'chai';
import { crowd } from '../../bench/crowd.ts';
import { diff } from '../../cli/commands/policy-diff.ts';
import { replay, type ReplayOptions } from '../../cli/commands/policy-replay.ts';
import { exitCodeOf } from '../../cli/errors.ts';
import type { DecisionEvent } from '../../policies/contract.ts';
import { loadBundle } from '../../policies/engine/bundle.ts';
import { readSnapshot } from '../../platform/auth/snapshot.ts';
import { projectFile } from '../../policies/root.ts';
import { decisions, writeLog } from '../policies/workbench/impact/log.ts';
import { openStage } from '../support/stage.ts';

describe('policy replay', () => {
  const snapshot = crowd({ companies: 5, members: 10, entities: 1 });
  const policy = projectFile('policies', 'bundle');
  let folder: string;
  let log: string;
  let events: DecisionEvent[];
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kisum-replay-'));
    log = join(folder, 'decisions.log');
    events = await decisions(await loadBundle(), snapshot, ['finance.thing0.list', 'venue.thing0.get']);
  });
  beforeEach(() => writeLog(log, snapshot, events));
  after(() => rmSync(folder, { recursive: true }));

  const run = async (options: Partial<ReplayOptions> = {}): Promise<[number | undefined, string]> => {
    const { exitCode, text } = await replay({ log: [log], policy, ...options });
    return [exitCode, stripVTControlCharacters(text)];
  };

  it('says that every decision is made again: exit 0', async () => {
    const [exit, text] = await run({ log: [log, log] });
    expect(text).to.match(/^100 % of 200 decisions decided as before$/m);
    expect(text).to.match(/decided by revision [0-9a-f]{12} \(200\)$/m);
    expect(exit).to.equal(0);
  });

  it('shows what another policy had decided otherwise: exit 0, or 10 where asked to', async () => {
    const denied = { allow: false, reason: 'membership_inactive' };
    const older = events
      .filter(({ result }) => result.allow)
      .map((event) => ({ ...event, result: denied, bundles: { kisum: { revision: 'older' } } }));
    writeLog(log, snapshot, older);
    const [exit, text] = await run();
    expect(text).to.match(/^0 % of \d+ decisions decided as before$/m);
    expect(text).to.match(
      /^\+ {2}finance\.thing0\.list {2}membership_inactive → allow {2}\d+ decisions {2}\d+ subjects/m,
    );
    expect(text).to.include(older[0]!.decision_id);
    expect(exit).to.equal(0);
    expect((await run({ detailedExitcode: true }))[0]).to.equal(10);
  });

  it('finds what the same revision never decided: exit 1', async () => {
    const [first] = events;
    const result = first!.result.allow
      ? { allow: false, reason: 'no_membership' }
      : { allow: true, reason: null };
    appendFileSync(log, `${JSON.stringify({ ...first, result })}\n`);
    const [exit, text] = await run();
    expect(text).to.match(/^99 % of 101 decisions decided as before$/m);
    expect(text).to.match(/^1 of revision [0-9a-f]{12} itself: the log or this policy is not what it says$/m);
    expect(exit).to.equal(1);
  });

  it('counts what it could not examine: exit 4', async () => {
    appendFileSync(log, '{"decision_id":"torn');
    const [exit, text] = await run();
    expect(text).to.match(/^100 % of 100 decisions/m);
    expect(text).to.match(/^not examined: 1 line, unreadable line$/m);
    expect(exit).to.equal(4);
  });

  it('is not content with nothing: exit 4', async () => {
    writeFileSync(log, '');
    for (const options of [{}, { log: [join(folder, 'nowhere.log')] }]) {
      const refusal = (await run(options).catch((error: Error) => error)) as Error;
      expect(refusal.message).to.match(/there is no decision in it|cannot be read/);
      expect(exitCodeOf(refusal)).to.equal(4);
    }
  });
});

describe("a gateway's own decision log", function () {
  this.timeout(60_000);
  let folder: string;
  const file = (name: string): string => join(folder, name);
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kisum-replay-'));
    const stage = await openStage({ env: { DECISION_LOG: file('decisions') } });
    writeFileSync(file('snapshot.json'), JSON.stringify(await readSnapshot(stage.db)));
    for (const user of ['ana', 'ben', 'ben', 'drew'] as const)
      await stage.call('/api/finance/expenses', { user });
    await stage.call('/api/promoter/events', { user: 'cleo' });
    await stage.gateway.decisionsAreLogged();
    await stage.close();
  });
  after(() => rmSync(folder, { recursive: true }));
  const policy = projectFile('policies', 'bundle');

  it('is made again as it was, decision by decision', async () => {
    const { exitCode, data } = await replay({ log: [file('decisions')], policy });
    expect(data).to.deep.include({ examined: 5, same: 5, notReproduced: 0, changes: [] });
    expect(exitCode).to.equal(0);
  });

  it('weighs what a change takes away', async () => {
    const options = { policy, data: file('snapshot.json'), log: [file('decisions')] };
    const { text } = await diff(policy, {
      ...options,
      with: ['-addon:acme:finance'],
      permission: 'finance.expense.view',
    });
    expect(stripVTControlCharacters(text)).to.match(
      /2 users in 1 company lose finance\.expense\.view; 0 gain {2}used 3 times/,
    );
  });
});
