import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { DecisionEvent } from '../../../policies/contract.ts';
import { createEngine, type PolicyEngine } from '../../../policies/engine/engine.ts';
import { loadBundle } from '../../../policies/engine/bundle.ts';
import { catalogDigest } from '../../../policies/decision-log/catalog.ts';
import { readLog } from '../../../policies/decision-log/read.ts';
import { verifyLogs } from '../../../policies/decision-log/verify.ts';
import { logFolder, logKey } from '../../support/decision-log.ts';
import { COMPANY, openStage, USER, type Stage } from '../../support/stage.ts';

describe('the decision log of a gateway', () => {
  const key = logKey();
  let folder: string;
  let path: string;
  let outside: string;
  let stage: Stage;
  const events: DecisionEvent[] = [];
  let engine: PolicyEngine;
  let metrics: string;

  before(async () => {
    folder = await logFolder();
    path = join(folder, 'decisions');
    outside = join(folder, 'checkpoints');
    stage = await openStage({
      without: ['touring'],
      env: {
        REQUEST_LOG: 'off',
        DECISION_LOG: path,
        DECISION_LOG_KEY: key.privatePem,
        DECISION_LOG_CHECKPOINTS: outside,
      },
    });
    await stage.call('/api/finance/expenses', { user: 'ana', headers: { 'x-request-id': 'req-1' } });
    await stage.call('/api/finance/expenses', { user: 'ben' });
    await stage.call('/api/finance/expenses', { user: 'drew' });
    await stage.call('/api/touring/tours', { user: 'ana' });
    await stage.call('/api/finance/expenses', { user: null });
    await stage.call('/api/finance/expenses', { company: null });
    await stage.call('/api/nothing/here');
    await stage.gateway.decisionsAreLogged();
    metrics = await (await fetch(`${stage.gateway.adminUrl}/metrics`)).text();
    await stage.close();
    for await (const entry of readLog(path)) {
      if (entry.kind === 'event') events.push(entry.event);
      if (entry.kind === 'catalog') {
        expect(catalogDigest(entry.data)).to.equal(entry.digest);
        engine = await createEngine(await loadBundle(), entry.data);
      }
    }
  });
  after(() => rm(folder, { recursive: true }));

  it('has an event for whatever was judged, and for nothing else', () => {
    expect(events.map(({ result }) => result.reason)).to.deep.equal([null, null, 'no_membership', null]);
    expect(new Set(events.map((event) => event.decision_id)).size).to.equal(4);
  });

  it('holds what it takes to decide again: the same answer from the logged facts', () => {
    for (const { input, result, catalog, bundles } of events) {
      expect(engine.decide(input)).to.deep.equal(result);
      expect(bundles.kisum.revision).to.equal(engine.revision);
      expect(catalog.digest).to.match(/^[0-9a-f]{64}$/);
    }
  });

  it('names who asked, for which company, in which request; by ids alone', () => {
    const [first] = events;
    expect(first!.subject).to.deep.equal({ user_id: USER.ana, company_id: COMPANY.acme });
    expect(first!.req_id).to.equal('req-1');
    expect(first!.labels).to.have.property('id');
    expect(first).to.not.have.property('erased');
    expect(JSON.stringify(events)).to.not.match(/Bearer|eyJ|Ana|Acme|@/);
  });

  it('is whole, closed, and proven to its end by checkpoints outside', async () => {
    const report = await verifyLogs([path], { keys: key.keys, checkpoints: [outside] });
    expect(report.findings).to.deep.equal([]);
    const [chain] = report.chains;
    expect(chain).to.deep.include({ events: 4, closed: true, signed: true });
    expect(chain!.proven!.seq).to.equal(chain!.to);
    expect((await readFile(outside, 'utf8')).split('\n').length).to.be.greaterThan(2);
  });

  it('counts exactly, in one figure', () => {
    const figures = [...metrics.matchAll(/^kisum_decision_log_decisions\{.*state="(\w+)"\} (\d+)$/gm)];
    const states = Object.fromEntries(figures.map(([, state, count]) => [state, Number(count)]));
    expect(states).to.include({ accepted: 4, written: 4, waiting: 0, dropped_failed: 0 });
  });

  it('alone leaves of the request log only what failed, and what became of the log', () => {
    const requests = stage.lines.filter((line) => 'latencyMs' in line);
    expect(requests.map(({ status }) => status)).to.deep.equal([503]);
    const closed = stage.lines.find(({ msg }) => msg === 'decision log closed');
    expect(closed).to.include({ sink: path, accepted: 4, written: 4, waiting: 0 });
  });
});
