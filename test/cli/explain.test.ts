import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { CliError } from '../../cli/errors.ts';
import { findDecision, judgeAsLogged } from '../../cli/explain/logged.ts';
import { daysBefore, momentOf } from '../../cli/explain/moments.ts';
import { decisionText, nowText } from '../../cli/explain/report.ts';
import { registerModules } from '../../cli/operations/apply-catalog.ts';
import { explainAccess, type ExplainArgs } from '../../cli/operations/explain-access.ts';
import type { Platform } from '../../cli/operations/platform.ts';
import { catalogLine } from '../../policies/decision-log/catalog.ts';
import type { DecisionEvent } from '../../policies/contract.ts';
import { loadBundle } from '../../policies/engine/bundle.ts';
import { readAccess } from '../../platform/auth/access.ts';
import { readBoughtThen } from '../../platform/core/bought-then.ts';
import { readCatalog } from '../../platform/core/catalog.ts';
import { addAddon, changeAddon } from '../../platform/core/subscriptions.ts';
import type { Database } from '../../platform/database/database.ts';
import { seedDemo } from '../../platform/demo.ts';
import { temporaryHome } from '../support/cli.ts';
import { embeddedDatabase } from '../support/databases.ts';

const SOLO = '33333333-3333-4333-8333-333333333333';
const SOL = 'aaaaaaaa-0000-4000-8000-000000000006';
const EXPENSES = { method: 'get', path: '/api/finance/expenses?limit=1' };

describe('policy explain', function () {
  this.timeout(60_000);
  let db: Database;
  let drop: () => Promise<void>;

  before(async () => {
    ({ db, drop } = await embeddedDatabase());
    await registerModules(db);
    await seedDemo(db);
  });
  after(() => drop());

  const ask = (user: string, company: string, more: Partial<ExplainArgs> = {}) =>
    explainAccess({ db } as Platform, { user, company, route: EXPENSES, caller: null, since: null, ...more });

  it('says of every layer how it stands and on what', async () => {
    const text = nowText(await ask('ben', 'acme'));
    expect(text).to.match(/^Allowed now, by policy [0-9a-f]{12}: every layer holds\.$/m);
    expect(text).to.match(/entitlement +yes +entitled +finance: add-on finance \(active, without end\)/);
    expect(text).to.match(/action +yes +allowed +finance\.expense\.view/);
  });

  it('says what is missing, since when, and who could change it', async () => {
    const text = nowText(await ask('lee', 'lapsed'));
    expect(text).to.match(/^Denied \(no_active_base\) now/m);
    expect(text).to.include('package basic_vendor ended on 1 January 2025, ');
    expect(text).to.match(/base +NO +no_active_base/);
    expect(text).to.match(/entitlement +- +unjudged/);
    expect(text).to.include('Allowed after\n  company owner: renew basic_vendor');
  });

  it('names each reason in words', async () => {
    const drew = nowText(await ask('drew', 'acme'));
    expect(drew).to.include('there is no membership');
    const ben = nowText(
      await ask('ben', 'acme', { route: { method: 'POST', path: '/api/finance/expenses' } }),
    );
    expect(ben).to.include('the permission finance.expense.create is not granted');
    const sol = nowText(await ask('sol', 'solo', { route: { method: 'GET', path: '/api/promoter/events' } }));
    expect(sol).to.include('the company has not bought promoter');
    const nowhere = nowText(await ask('ben', 'acme', { route: { method: 'GET', path: '/nowhere' } }));
    expect(nowhere).to.include('the catalog has no such route');
  });

  it('a path that is none is told as wrong usage', async () => {
    const error = await ask('ben', 'acme', { route: { method: 'GET', path: 'api/x' } }).catch(
      (it: unknown) => it,
    );
    expect(error).to.be.instanceOf(CliError).with.property('exitCode', 2);
  });

  describe('of a logged decision', () => {
    const OVER = new Date(Date.now() - 3_600_000);
    let event: DecisionEvent;
    let log: string;

    /** A trial that ended an hour ago, a denial because of it, and a renewal since. */
    before(async () => {
      const period = { status: 'trial', startsAt: new Date(2024, 0, 1), endsAt: OVER } as const;
      const id = await addAddon(db, SOLO, 'finance', period, 'max');
      // The clock of the history has microseconds; the reads that follow take longer than the rest of this one.
      const timestamp = new Date(Date.now() + 1).toISOString();
      const { data } = await readCatalog(db);
      const { facts } = await readAccess(db, SOL, SOLO);
      const catalog = catalogLine(data);
      event = {
        decision_id: 'd-1',
        timestamp,
        path: 'kisum/decision/decision',
        input: { route: 'finance.expense.list', authenticated: true, caller: null, access: facts },
        result: { allow: false, reason: 'entitlement_expired' },
        bundles: { kisum: { revision: (await loadBundle()).revision } },
        catalog: { digest: catalog.digest },
        labels: {},
        subject: { user_id: SOL, company_id: SOLO },
      };
      log = join(await temporaryHome(), 'decisions.log');
      await writeFile(log, `${catalog.text}${JSON.stringify(event)}\n`);
      await changeAddon(db, id, { ...period, status: 'active', endsAt: null }, 'mia');
    });

    it('tells it as it was, as it is, and what changed in between', async () => {
      const logged = await findDecision('d-1', [log]);
      const then = await judgeAsLogged(logged, await loadBundle());
      const report = await ask(SOL, SOLO, { route: { id: 'finance.expense.list' }, since: event.timestamp });
      const text = decisionText(event, then, report);
      expect(text).to.include(`Denied (entitlement_expired) on ${momentOf(new Date(event.timestamp))}`);
      expect(text).to.match(/the company's period for finance is over: add-on finance ended on .*, the /);
      expect(text).to.include(`add-on finance (trial, until ${OVER.toISOString()})`);
      expect(text).to.match(/^Allowed now/m);
      expect(text).to.match(/Changed since\n\S+ +mia +Solo +add-on finance changed: .*status trial → active/);
      expect(report.bought.then.find(({ key }) => key === 'finance')?.ended).to.equal(true);
      expect(report.bought.now.find(({ key }) => key === 'finance')?.ended).to.equal(false);
    });

    it('says when the policy of today decides the same facts differently', async () => {
      const changed = { ...event, result: { allow: true, reason: null } };
      const then = await judgeAsLogged(await findDecision('d-1', [log]), await loadBundle());
      expect(decisionText(changed, then, null)).to.include('denies (entitlement_expired) on the same facts');
    });

    it('tells what it can where the log lacks who asked or the catalog', async () => {
      await writeFile(log, `${JSON.stringify({ ...event, subject: {} })}\n`);
      const logged = await findDecision('d-1', [log]);
      expect(await judgeAsLogged(logged, await loadBundle())).to.equal(null);
      const text = decisionText(event, null, null);
      expect(text).to.include('Somebody who is not logged');
      expect(text).to.include('The log does not hold the catalog');
    });

    it('an id that is in no log is said with what was looked at', async () => {
      const error: unknown = await findDecision('d-2', [log]).catch((it: unknown) => it);
      expect(error).to.be.instanceOf(CliError).with.property('exitCode', 4);
      expect((error as Error).message).to.include('none of the 1 decisions');
    });
  });

  it('what a company had before anything was written is nothing', async () => {
    expect(await readBoughtThen(db, SOLO, new Date('2000-01-01'))).to.deep.equal([]);
  });

  it('days are those of the calendar', () => {
    const noon = new Date('2026-05-03T12:00:00Z');
    expect(daysBefore(new Date('2026-05-03T00:00:00Z'), noon)).to.equal('the same day');
    expect(daysBefore(new Date('2026-05-02T23:59:59Z'), noon)).to.equal('the day before');
    expect(daysBefore(new Date('2026-04-03T12:00:00Z'), noon)).to.equal('30 days before');
  });
});
