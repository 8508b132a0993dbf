import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { crowd } from '../../../../bench/crowd.ts';
import type { DecisionEvent } from '../../../../policies/contract.ts';
import { parseEntry, type Entry } from '../../../../policies/decision-log/entry.ts';
import { catalogLine } from '../../../../policies/decision-log/catalog.ts';
import { readLog } from '../../../../policies/decision-log/read.ts';
import { loadBundle, type RunnablePolicy } from '../../../../policies/engine/bundle.ts';
import { replay } from '../../../../policies/workbench/impact/replay.ts';
import { withCompiler } from '../../compiler.ts';
import { editedPolicy } from './edited.ts';
import { decisions, writeLog } from './log.ts';

const ROUTES = ['finance.thing0.list', 'finance.thing0.create', 'venue.thing0.get', 'nowhere.to.go'];

/** As a reader of files gives them. */
async function* entriesOf(...lines: (object | string)[]): AsyncGenerator<Entry> {
  for (const line of lines)
    yield await Promise.resolve(
      parseEntry(Buffer.from(typeof line === 'string' ? line : JSON.stringify(line))),
    );
}

describe('past decisions, made again', () => {
  const snapshot = crowd({ companies: 12, members: 10, entities: 1 });
  const catalog = catalogLine(snapshot.catalog).text;
  let policy: RunnablePolicy;
  let events: DecisionEvent[];
  before(async () => {
    policy = await loadBundle();
    events = await decisions(policy, snapshot, ROUTES);
  });

  it('are all the same by the policy that made them, from a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kisum-replay-'));
    const file = join(folder, 'decisions.log');
    try {
      writeLog(file, snapshot, events);
      const replayed = await replay(readLog(file), policy);
      expect(replayed).to.deep.include({
        revision: policy.revision,
        examined: 480,
        same: 480,
        changes: [],
        notReproduced: 0,
        revisions: { [policy.revision]: 480 },
        first: events[0]!.timestamp,
        last: events.at(-1)!.timestamp,
      });
      expect(Object.values(replayed.notExamined)).to.deep.equal([0, 0, 0, 0]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('that the same revision would not make are found', async () => {
    const allowed = events.find(({ result }) => result.allow)!;
    const forged = { ...allowed, result: { allow: false, reason: 'no_membership' } };
    const { notReproduced, changes } = await replay(entriesOf(catalog, forged, ...events), policy);
    expect(notReproduced).to.equal(1);
    expect(changes).to.have.length(1);
  });

  describe('by another policy', function () {
    const compiler = withCompiler(this);

    it('show each change with how often, for how many, and where to look', async () => {
      const rule = 'in input.access.permissions';
      const less = 'in {it | some it in input.access.permissions; it != "finance.thing0.view"}';
      const edited = await editedPolicy(compiler.opa, 'grant/grant.rego', rule, less);
      const { changes, notReproduced, same, examined } = await replay(entriesOf(catalog, ...events), edited);
      const lost = events.filter(
        ({ input, result }) => input.route === 'finance.thing0.list' && result.allow,
      );
      expect(lost.length).to.be.greaterThan(3);
      expect(changes).to.deep.equal([
        {
          route: 'finance.thing0.list',
          from: 'allow',
          to: 'permission_missing',
          decisions: lost.length,
          subjects: lost.length,
          ids: lost.slice(0, 3).map(({ decision_id }) => decision_id),
        },
      ]);
      expect([notReproduced, same]).to.deep.equal([0, examined - lost.length]);
    });

    it('count those whose subject was masked, as nobody', async () => {
      const masked = events.map((event) => ({
        ...event,
        subject: {},
        bundles: { kisum: { revision: 'older' } },
      }));
      const edited = await editedPolicy(compiler.opa, 'entitlement/entitlement.rego', '"active": true, ', '');
      const { changes, revisions } = await replay(entriesOf(catalog, ...masked), edited);
      expect(revisions).to.deep.equal({ older: 480 });
      expect(changes).to.not.be.empty;
      for (const { subjects, decisions: count } of changes)
        expect([subjects, count > 0]).to.deep.equal([0, true]);
    });
  });

  describe('are not examined', () => {
    const one = (): DecisionEvent => structuredClone(events[0]!);
    const cases: [string, string, () => (object | string)[]][] = [
      ['without their catalog', 'catalog missing', () => [one()]],
      [
        'with a catalog of another name',
        'catalog missing',
        () => [catalog, { ...one(), catalog: { digest: 'x' } }],
      ],
      ['without the name of a catalog', 'catalog missing', () => [catalog, { ...one(), catalog: undefined }]],
      [
        'with a catalog that was edited',
        'catalog is not the one its digest names',
        () => [catalog.replace('"finance":true', '"ai":true'), one()],
      ],
      ['without facts', 'facts missing or malformed', () => [catalog, { ...one(), input: undefined }]],
      [
        'with other facts than a policy is told',
        'facts missing or malformed',
        () => [catalog, { ...one(), input: { ...one().input, admin: true } }],
      ],
      ['without a result', 'facts missing or malformed', () => [catalog, { ...one(), result: undefined }]],
      [
        'with a result that is none',
        'facts missing or malformed',
        () => [catalog, { ...one(), result: { allow: true, reason: 'no_membership' } }],
      ],
      ['when torn', 'unreadable line', () => [catalog, JSON.stringify(one()).slice(0, -5)]],
    ];
    for (const [what, why, lines] of cases) {
      it(what, async () => {
        const { examined, notExamined } = await replay(entriesOf(...lines()), policy);
        const counted = Object.entries(notExamined).filter(([, count]) => count > 0);
        expect([examined, counted]).to.deep.equal([0, [[why, 1]]]);
      });
    }
  });
});
