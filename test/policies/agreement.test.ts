import { expect } from 'chai';
import type { AccessFacts, CallerFacts, DecisionInput, PeriodFacts } from '../../policies/contract.ts';
import { loadBundle } from '../../policies/engine/bundle.ts';
import { createEngine, type PolicyEngine } from '../../policies/engine/engine.ts';
import { goldenCatalog } from './golden.ts';

const ACTIVE: PeriodFacts = { status: 'active', started: true, ended: false };
const OVER: PeriodFacts = { status: 'expired', started: true, ended: true };
const CANCELLED: PeriodFacts = { status: 'cancelled', started: true, ended: false };

const ROUTES = [
  null,
  'nowhere',
  'checkout.shop.get',
  'checkout.cart.get',
  'promoter.event.list',
  'promoter.event.create',
  'venue_marketplace.listing.list',
  'finance.expense.list',
];
const CALLERS: (CallerFacts | null)[] = [
  null,
  { module: 'finance', method: 'GET', same_company: true },
  { module: 'ai', method: 'GET', same_company: true },
  { module: 'circus', method: 'POST', same_company: false },
];
const MEMBERSHIPS = [null, { status: 'active' }, { status: 'suspended' }] as const;
const SUBSCRIPTIONS = [
  [],
  [{ package: 'basic_promoter', ...ACTIVE }],
  [{ package: 'basic_artist', ...ACTIVE }],
  [{ package: 'basic_promoter', ...OVER }],
  [
    { package: 'basic_promoter', ...ACTIVE },
    { package: 'basic_venue', ...ACTIVE },
  ],
];
const PERIODS = [ACTIVE, OVER, CANCELLED];
const MODULES = ['finance', 'promoter', 'venue_marketplace'];
const PERMISSIONS = ['finance.expense.view', 'promoter.event.view', 'venue_marketplace.listing.view'];
const GRANTS = [
  { modules: [], permissions: [] },
  { modules: MODULES, permissions: [] },
  { modules: [], permissions: PERMISSIONS },
  { modules: MODULES, permissions: PERMISSIONS },
];

describe('decision and explanation', () => {
  let engine: PolicyEngine;

  before(async () => {
    engine = await createEngine(await loadBundle(), goldenCatalog(), { warmUp: 0 });
  });

  it('agree on every question of the domain', () => {
    const seen = new Set<string | null>();
    let asked = 0;
    for (const input of questions()) {
      const { allow, reason } = engine.decide(input);
      const explanation = engine.explain(input);
      if (explanation.allow !== allow || (explanation.reasons[0] ?? null) !== reason) {
        expect.fail(`${JSON.stringify(input)}: ${reason} but ${JSON.stringify(explanation)}`);
      }
      seen.add(reason);
      asked += 1;
    }
    expect(asked).to.be.greaterThan(10_000);
    expect(seen.size).to.equal(13, 'every reason, and none');
  });
});

function* questions(): Generator<DecisionInput> {
  for (const route of ROUTES) {
    for (const caller of CALLERS) {
      yield { route, caller, authenticated: false, access: null };
      yield { route, caller, authenticated: true, access: null };
      for (const access of accesses()) yield { route, caller, authenticated: true, access };
    }
  }
}

function* accesses(): Generator<AccessFacts> {
  const addonChoices = [...addons()];
  for (const membership of MEMBERSHIPS) {
    for (const subscriptions of SUBSCRIPTIONS) {
      const company = { membership, subscriptions };
      yield* addonChoices.flatMap((bought) =>
        GRANTS.map((grants) => ({ ...company, addons: bought, ...grants })),
      );
    }
  }
}

function* addons(): Generator<AccessFacts['addons']> {
  yield [];
  for (const period of PERIODS) {
    yield [{ addon: 'finance', ...period }];
    yield [
      { addon: 'finance', ...ACTIVE },
      { addon: 'venue_marketplace', ...period },
    ];
  }
}
