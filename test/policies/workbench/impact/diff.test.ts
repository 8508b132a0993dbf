import { expect } from 'chai';
import { crowd } from '../../../../bench/crowd.ts';
import { Access } from '../../../../gateway/access/access.ts';
import type { AccessFacts } from '../../../../policies/contract.ts';
import { loadBundle, type RunnablePolicy } from '../../../../policies/engine/bundle.ts';
import { diffImpact } from '../../../../policies/workbench/impact/diff.ts';
import { Profiles, narrowedTo } from '../../../../policies/workbench/impact/facts.ts';
import { factsOf, type AccessSnapshot } from '../../../../policies/workbench/impact/snapshot.ts';
import { withCompiler } from '../../compiler.ts';
import { editedPolicy } from './edited.ts';
import { cellsOf, differences } from './oracle.ts';

/** Small enough to ask about every cell, with routes that ask for no company. */
function people(seed = 1): AccessSnapshot {
  const snapshot = crowd({ companies: 16, members: 10, entities: 1 }, seed);
  snapshot.catalog.routes['checkout.cart.get'] = { access: 'authenticated', method: 'GET' };
  snapshot.catalog.routes['checkout.shop.get'] = { access: 'public', method: 'GET' };
  return snapshot;
}

describe('the diff of two policies over a snapshot', () => {
  let policy: RunnablePolicy;
  before(async () => (policy = await loadBundle()));

  const changed = (change: (snapshot: AccessSnapshot) => void, seed?: number): AccessSnapshot => {
    const snapshot = people(seed);
    change(snapshot);
    return snapshot;
  };

  it('finds nothing where nothing differs, and says how much it looked at', async () => {
    const snapshot = people();
    const impact = await diffImpact({ policy, snapshot }, { policy, snapshot: people() });
    expect([impact.groups, impact.anyone, impact.calls]).to.deep.equal([[], [], []]);
    const { companies, users, members, routes, cells, evaluations, calls } = impact.examined;
    expect({ companies, users, members, routes, cells }).to.deep.equal({
      companies: 16,
      users: 160,
      members: 160,
      routes: 52,
      cells: 160 * 50 + 52,
    });
    expect(evaluations).to.be.within(100, cells);
    expect(calls).to.be.greaterThan(500);
  });

  const changes: [string, (snapshot: AccessSnapshot) => void][] = [
    ['a module leaves an add-on', ({ catalog }) => (catalog.addons['ai'] = { modules: {} })],
    [
      'a package bundles a module',
      ({ catalog }) => (catalog.packages['basic_promoter']!.modules['touring'] = true),
    ],
    [
      'an add-on is sold with fewer bases',
      ({ catalog }) => (catalog.addons['market']!.bases = { venue: true }),
    ],
    [
      'a route asks for another permission',
      ({ catalog }) => {
        catalog.routes['ai.thing0.list']!.permission = 'ai.thing0.delete';
      },
    ],
    ['a route goes', ({ catalog }) => delete catalog.routes['finance.thing0.get']],
    [
      'a route moves to another module',
      ({ catalog }) => {
        Object.assign(catalog.routes['finance.thing0.get']!, { module: 'ai', permission: 'ai.thing0.view' });
      },
    ],
    [
      'a route becomes public',
      ({ catalog }) => {
        catalog.routes['finance.thing0.get'] = { access: 'public', method: 'GET' };
      },
    ],
    ['a company loses its base', ({ companies }) => (companies[0]!.subscriptions = [])],
    [
      'grants are taken',
      ({ companies }) => companies.forEach(({ members }) => (members[2]!.permissions = [])),
    ],
    ['somebody leaves', ({ companies }) => companies[2]!.members.splice(3, 1)],
    [
      'somebody comes',
      ({ companies }) => {
        companies[2]!.members.push({ ...companies[2]!.members[0]!, id: 'newcomer' });
      },
    ],
  ];
  for (const [what, change] of changes) {
    it(`is what asking about every cell with all facts gives: ${what}`, async () => {
      const sides = [
        { policy, snapshot: people() },
        { policy, snapshot: changed(change) },
      ] as const;
      const expected = await differences(...sides);
      const impact = await diffImpact(...sides);
      expect(expected.length).to.be.greaterThan(0);
      expect(cellsOf(impact)).to.deep.equal(expected);
    });
  }

  it('finds a call between modules that nobody declared any more', async () => {
    const snapshot = changed(({ catalog }) => (catalog.reads['finance'] = {}));
    const { calls, groups } = await diffImpact({ policy, snapshot: people() }, { policy, snapshot });
    const of = {
      caller: 'finance',
      method: 'GET',
      sameCompany: true,
      from: 'allow',
      to: 'call_not_declared',
    };
    expect(calls).to.deep.equal([
      { ...of, route: 'promoter.thing0.list' },
      { ...of, route: 'promoter.thing0.get' },
    ]);
    expect(groups).to.deep.equal([]);
  });

  it('tells policy what a gateway tells it', () => {
    const { companies, catalog } = people();
    for (const company of companies) {
      for (const member of company.members) {
        const facts = factsOf(company, member);
        const record = {
          facts,
          role: null,
          versions: { token: 1, access: 1, entitlement: 1 },
          units: null,
          changesInMs: null,
        };
        const access = new Access(member.id, company.id, record, 0);
        const profiles = new Profiles();
        const profile = profiles.list[profiles.of(company, member)]!;
        for (const module of Object.keys(catalog.modules)) {
          const told = JSON.parse(narrowedTo(module, profile)) as AccessFacts;
          const gateway = access.forModule(module).facts;
          expect({ ...told, addons: [] }).to.deep.equal({ ...gateway, addons: [] });
          expect(told.addons).to.have.deep.members(gateway.addons);
        }
      }
    }
  });

  it('answers alike in threads and without, for one policy and for two', async () => {
    const snapshot = people();
    const poorer = changed(({ companies }) => companies.forEach(({ members }) => (members[1]!.modules = [])));
    const cheaper = changed(({ catalog }) => (catalog.addons['ai'] = { modules: {} }));
    for (const after of [poorer, cheaper]) {
      const sides = [
        { policy, snapshot },
        { policy, snapshot: after },
      ] as const;
      const reports: [number, number][] = [];
      const onProgress = (...report: [number, number]) => reports.push(report);
      const threaded = await diffImpact(...sides, { onProgress, threadsFrom: 0 });
      expect(threaded).to.deep.equal(await diffImpact(...sides));
      expect(threaded.groups).to.not.be.empty;
      const { evaluations } = threaded.examined;
      expect(reports.at(-1)).to.deep.equal([evaluations, evaluations]);
    }
  });

  describe('of which one is another', function () {
    const compiler = withCompiler(this);
    const edits: [string, string, string, string][] = [
      ['past due is over', 'entitlement/entitlement.rego', '"past_due": true', '"unpaid": true'],
      [
        'anybody is a member',
        'membership/membership.rego',
        'default active := false',
        'default active := true',
      ],
      [
        'strangers come in',
        'membership/membership.rego',
        'default present := false',
        'default present := true',
      ],
      [
        'one permission is another',
        'grant/grant.rego',
        'may(permission) if permission in input.access.permissions',
        'may(permission) if replace(permission, ".create", ".view") in input.access.permissions',
      ],
      [
        'rules that contradict each other',
        'grant/grant.rego',
        'may(permission) if permission',
        'may(permission) := 1 if startswith(permission, "ai.")\n\nmay(permission) if permission',
      ],
      [
        'a policy that gives no answer for some',
        'decision/decision.rego',
        '_refuse(reason) := {"allow": false, "reason": reason}',
        '_refuse(reason) := {"allow": false, "reason": reason} if reason != "no_active_base"',
      ],
    ];
    for (const [what, file, from, to] of edits) {
      it(`is what asking about every cell gives: ${what}`, async () => {
        const edited = await editedPolicy(compiler.opa, file, from, to);
        const snapshot = people();
        const sides = [
          { policy, snapshot },
          { policy: edited, snapshot },
        ] as const;
        const expected = await differences(...sides);
        expect(expected.length).to.be.greaterThan(0);
        expect(cellsOf(await diffImpact(...sides))).to.deep.equal(expected);
      });
    }
  });
});
