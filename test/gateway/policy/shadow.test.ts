import { expect } from 'chai';
import fc from 'fast-check';
import { LRUCache } from 'lru-cache';
import { pino } from 'pino';
import type { REASONS, Decision, DecisionInput } from '../../../policies/contract.ts';
import { loadBundle } from '../../../policies/engine/bundle.ts';
import { createEngine, type PolicyEngine } from '../../../policies/engine/engine.ts';
import { PolicyFailure } from '../../../policies/engine/failure.ts';
import { acceptedIn, type AcceptedChanges } from '../../../policies/accepted.ts';
import { Shadow, type Decider } from '../../../gateway/policy/shadow.ts';
import { ShadowTally } from '../../../gateway/policy/shadow-tally.ts';
import type { Exchange } from '../../../gateway/request/exchange.ts';
import { decide } from '../../../gateway/steps/decide.ts';
import { collect } from '../../support/lines.ts';
import { until } from '../../support/until.ts';

const OPEN: Decision = { allow: true, reason: null };
const shut = (reason: (typeof REASONS)[number]): Decision => ({ allow: false, reason });
const asking = (route: string): DecisionInput => ({ route, authenticated: true, caller: null, access: null });

describe('a candidate in the shadow', () => {
  let lines: Record<string, unknown>[];
  let tooSlow: number;
  beforeEach(() => {
    lines = [];
    tooSlow = 0;
  });

  const log = () => pino({ base: null }, collect(lines));
  const tallyOf = (accepted?: AcceptedChanges) =>
    new ShadowTally({ inForce: 'aaa', candidate: 'bbb', accepted, log: log() });
  const shadowOf = (decider: Decider['decide'], tally: ShadowTally) =>
    new Shadow({ decide: decider }, tally, () => (tooSlow += 1));
  const differences = () => lines.filter(({ msg }) => /observed is not what was accepted/.test(String(msg)));

  it('the same facts are asked once and counted each time', () => {
    let asked = 0;
    const tally = tallyOf();
    const shadow = shadowOf(() => ((asked += 1), OPEN), tally);
    shadow.observe('k', () => asking('r'), OPEN);
    shadow.observe('k', () => asking('r'), OPEN);
    shadow.compare();
    for (let turn = 0; turn < 10; turn += 1) shadow.observe('k', () => asking('r'), OPEN);
    expect(asked).to.equal(1);
    expect(tally.counts()).to.deep.equal({ same: 12, accepted: 0, unexpected: 0, failed: 0, skipped: 0 });
  });

  it('is asked without anybody waiting for it', async () => {
    const tally = tallyOf();
    const shadow = shadowOf(() => OPEN, tally);
    for (let route = 0; route < 300; route += 1) shadow.observe(`k${route}`, () => asking('r'), OPEN);
    expect(tally.counts().same).to.equal(0);
    await until(() => tally.counts().same === 300);
  });

  it('a difference nobody accepted is told once per report, with how often it was seen since', () => {
    const tally = tallyOf();
    const shadow = shadowOf(({ route }) => (route === 'r' ? shut('permission_missing') : OPEN), tally);
    const see = (route: string, times: number) => {
      for (let turn = 0; turn < times; turn += 1) shadow.observe(route, () => asking(route), OPEN);
      shadow.compare();
    };
    see('r', 3);
    see('other', 2);
    tally.report();
    tally.report();
    see('r', 4);
    tally.report();
    const common = { route: 'r', from: 'allow', to: 'permission_missing', shadow: 'bbb', revision: 'aaa' };
    expect(differences()).to.have.length(2);
    expect(differences()[0]).to.deep.include({ ...common, count: 3 });
    expect(differences()[1]).to.deep.include({ ...common, count: 4 });
    expect(tally.counts()).to.include({ same: 2, unexpected: 7 });
  });

  describe('with an accepted diff', () => {
    const change = { route: 'r', from: 'allow', to: 'permission_missing', count: 1 } as const;
    const unseen = { route: 'never', from: 'allow', to: 'permission_missing', count: 1 } as const;
    const deny = () => shut('permission_missing');

    it('what was accepted is not told; what was not is; what never came is counted', () => {
      const tally = tallyOf({ from: 'aaa', to: 'bbb', changes: [change, unseen] });
      expect(tally.acceptedUnseen).to.equal(2);
      const shadow = shadowOf(deny, tally);
      shadow.observe('1', () => asking('r'), OPEN);
      shadow.observe('2', () => asking('r'), shut('module_not_granted'));
      shadow.observe('3', () => asking('elsewhere'), OPEN);
      shadow.compare();
      tally.close();
      expect(differences().map(({ route, from }) => [route, from])).to.deep.equal([
        ['r', 'module_not_granted'],
        ['elsewhere', 'allow'],
      ]);
      expect(tally.counts()).to.include({ accepted: 1, unexpected: 2 });
      expect(lines.at(-1)).to.include({ acceptedUnseen: 1, accepted: 1, unexpected: 2 });
    });

    it('from another revision it does not apply, and that is said once', () => {
      const tally = tallyOf({ from: 'zzz', to: 'bbb', changes: [change] });
      const shadow = shadowOf(deny, tally);
      shadow.observe('1', () => asking('r'), OPEN);
      shadow.compare();
      tally.report();
      expect(tally.counts()).to.include({ accepted: 0, unexpected: 1 });
      expect(lines.filter(({ acceptedFrom }) => acceptedFrom === 'zzz')).to.have.length(1);
    });

    it('what is none is none', () => {
      const good = { from: 'aaa', to: 'bbb', changes: [change] };
      expect(acceptedIn({ accepted: good })).to.deep.equal(good);
      const NONE = [
        undefined,
        {},
        { ...good, from: 1 },
        { ...good, changes: {} },
        { ...good, changes: [null] },
      ];
      for (const accepted of NONE) expect(acceptedIn({ accepted })).to.equal(undefined);
    });
  });

  it('one that throws is counted, and not asked the same again', () => {
    let asked = 0;
    const tally = tallyOf();
    const shadow = shadowOf(() => {
      asked += 1;
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- as the compiled policy does
      throw 'aborted';
    }, tally);
    for (const key of ['1', '1', '2']) {
      shadow.observe(key, () => asking('r'), OPEN);
      shadow.compare();
    }
    expect([asked, tally.counts().failed]).to.deep.equal([2, 3]);
  });

  it('one that is not ready is asked the same again', () => {
    let isReady = false;
    const tally = tallyOf();
    const shadow = shadowOf(() => {
      if (!isReady) throw new PolicyFailure('unavailable', 'being made anew');
      return OPEN;
    }, tally);
    for (isReady of [false, true]) {
      shadow.observe('1', () => asking('r'), OPEN);
      shadow.compare();
    }
    expect(tally.counts()).to.include({ failed: 1, same: 1 });
  });

  it('one that is slow is asked once and never again', () => {
    let asked = 0;
    const tally = tallyOf();
    const shadow = shadowOf(() => {
      asked += 1;
      for (const before = process.cpuUsage(); process.cpuUsage(before).user < 60_000;);
      return OPEN;
    }, tally);
    for (const key of ['1', '2', '3']) shadow.observe(key, () => asking('r'), OPEN);
    shadow.compare();
    shadow.observe('4', () => asking('r'), OPEN);
    shadow.compare();
    expect([asked, tooSlow]).to.deep.equal([1, 1]);
    expect(tally.counts()).to.include({ same: 1, skipped: 3 });
  });

  it('what comes faster than it is compared is skipped, and counted', () => {
    const tally = tallyOf();
    const shadow = shadowOf(() => OPEN, tally);
    for (let key = 0; key < 1500; key += 1) shadow.observe(String(key), () => asking('r'), OPEN);
    shadow.compare();
    expect(tally.counts()).to.include({ same: 1000, skipped: 500 });
  });

  it('differences without end do not fill the memory or the log', () => {
    const tally = tallyOf();
    for (let route = 0; route < 12_000; route += 1) {
      tally.cellOf({ route: `r${route}`, from: 'allow', to: 'permission_missing' }).count += 1;
    }
    expect(tally.counts().unexpected).to.equal(12_000);
    tally.report();
    expect(lines.length).to.be.lessThan(100);
  });

  describe('never changes an answer', () => {
    let engine: PolicyEngine;
    let routes: string[];
    before(async () => {
      const bundle = await loadBundle();
      const { catalog } = bundle.manifest.metadata.kisum.vectors;
      engine = await createEngine(bundle, catalog, { warmUp: 0 });
      routes = Object.keys(catalog.routes);
    });

    const CANDIDATES: Record<string, Decider['decide']> = {
      'that throws': () => {
        throw new Error('broken');
      },
      'that denies all': () => shut('no_membership'),
      'that allows all': () => OPEN,
      'that says nothing': () => undefined as unknown as Decision,
      'that changes what it is asked': (input) => {
        for (const key of Object.keys(input)) Reflect.deleteProperty(input, key);
        return OPEN;
      },
    };
    for (const [what, candidate] of Object.entries(CANDIDATES)) {
      it(what, () => {
        const step = decide({ policies: { isCurrent: true } });
        const period = fc.constantFrom(
          { status: 'active', started: true, ended: false },
          { status: 'expired', started: true, ended: true },
        );
        const facts = fc.record({
          route: fc.constantFrom(...routes),
          membership: fc.constantFrom(null, { status: 'active' }, { status: 'suspended' }),
          base: period,
          addon: period,
          modules: fc.subarray(['finance', 'promoter', 'venue']),
          permissions: fc.subarray(['finance.expense.view', 'promoter.event.view']),
        });
        const exchangeOf = (of: typeof facts extends fc.Arbitrary<infer T> ? T : never, shadow?: Shadow) => {
          const { route: id, membership, base, addon, modules, permissions } = of;
          const access = {
            membership,
            subscriptions: [{ package: 'basic_promoter', ...base }],
            addons: [{ addon: 'finance', ...addon }],
            modules,
            permissions,
          };
          return {
            req: { method: 'GET' },
            catalog: { engine, decisions: new LRUCache<string, Decision>({ max: 10 }), shadow },
            match: { route: { id, module: 'finance' } },
            subject: { kind: 'user', id: 'u' },
            access: { forModule: () => ({ facts: access, key: JSON.stringify(of) }) },
          } as unknown as Exchange;
        };
        let ends = new Set<string>();
        const property = fc.property(facts, (of) => {
          const shadow = shadowOf(candidate, tallyOf());
          const alone = exchangeOf(of);
          const watched = exchangeOf(structuredClone(of), shadow);
          for (const exchange of [alone, watched]) void step(exchange);
          shadow.compare();
          void step(watched);
          expect(watched.decision).to.deep.equal(alone.decision);
          ends = ends.add(String(alone.decision!.reason));
        });
        fc.assert(property, { numRuns: 40 });
        expect(ends.size).to.be.greaterThan(2);
      });
    }
  });
});
