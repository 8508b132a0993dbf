import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { DecisionEvent } from '../../../policies/contract.ts';
import { readLog } from '../../../policies/decision-log/read.ts';
import { verifyLogs } from '../../../policies/decision-log/verify.ts';
import { projectFile } from '../../../policies/root.ts';
import { compilePolicies } from '../../../policies/workbench/compile.ts';
import { withCompiler } from '../../policies/compiler.ts';
import { logFolder } from '../../support/decision-log.ts';
import { openStage, type Stage } from '../../support/stage.ts';

describe('what the policy does with its own log', function () {
  withCompiler(this);
  let folder: string;
  let path: string;
  let bundle: string;
  let stage: Stage;
  before(async () => {
    folder = await logFolder();
    path = join(folder, 'decisions');
    bundle = join(folder, 'bundle.tar.gz');
    await usePolicy('masking', [
      ['"/subject/user_id": false', '"/subject/user_id": true'],
      ['"/req_id": false', '"/req_id": true'],
      ['"public": false', '"public": true'],
    ]);
    stage = await openStage({ env: { DECISION_LOG: path, POLICY_BUNDLE: bundle } });
  });
  after(async () => {
    await stage?.close();
    await rm(folder, { recursive: true });
  });

  /** The committed policy, but for some words of its log's rules. */
  async function usePolicy(name: string, changes: [from: string, to: string][]): Promise<void> {
    const policies = join(folder, name);
    await cp(projectFile('policies'), policies, { recursive: true });
    const rules = join(policies, 'system', 'log', 'log.rego');
    let text = await readFile(rules, 'utf8');
    for (const [from, to] of changes) {
      expect(text).to.include(from);
      text = text.replace(from, to);
    }
    await writeFile(rules, text);
    await writeFile(bundle, await compilePolicies(policies));
  }

  /** What three requests leave in the log, one of them on a public route. */
  async function logged(): Promise<DecisionEvent[]> {
    const before = (await events()).length;
    await stage.call('/api/finance/expenses');
    await stage.call('/api/finance/expenses', { user: 'drew' });
    await stage.call('/api/checkout/plans', { user: null, company: null });
    await stage.gateway.decisionsAreLogged();
    return (await events()).slice(before);
  }

  async function events(): Promise<DecisionEvent[]> {
    const found: DecisionEvent[] = [];
    for await (const entry of readLog(path)) if (entry.kind === 'event') found.push(entry.event);
    return found;
  }

  const metrics = async () => (await fetch(`${stage.gateway.adminUrl}/metrics`)).text();

  it('erases who asked and lists it, drops what it says and counts it', async () => {
    const found = await logged();
    expect(found.map(({ result }) => result.allow)).to.deep.equal([true, false]);
    for (const event of found) {
      expect(event.erased).to.deep.equal(['/req_id', '/subject/user_id']);
      expect(event).to.not.have.property('req_id');
      expect(Object.keys(event.subject)).to.deep.equal(['company_id']);
      expect(event.input.access, 'the facts stay').to.not.equal(null);
    }
    expect(await metrics()).to.match(/kisum_decision_log_decisions\{sink="[^"]*",state="dropped_policy"\} 1/);
  });

  it('has everything erased that may be when it cannot be asked, and it is counted', async () => {
    await usePolicy('broken', [['"mask": sort(mask)}', '"mask": ["/input"]}']]);
    await stage.gateway.policyIsCurrent();
    const found = await logged();
    expect(found).to.have.lengthOf(3);
    for (const { erased, subject, input } of found) {
      expect(erased).to.deep.equal(['/subject/user_id', '/subject/company_id', '/req_id']);
      expect(subject).to.deep.equal({});
      expect(input.route).to.match(/^(finance|checkout)\./);
    }
    expect(await metrics()).to.match(/kisum_decision_log_untreated 3/);
    expect((await verifyLogs([path])).findings).to.deep.equal([]);
  });
});
