import { expect } from 'chai';
import fc from 'fast-check';
import type { AccessFacts, DecisionInput, PeriodFacts } from '../../policies/contract.ts';
import { loadBundle } from '../../policies/engine/bundle.ts';
import { createEngine, type PolicyEngine } from '../../policies/engine/engine.ts';
import { goldenCatalog } from './golden.ts';

const catalog = goldenCatalog();
const bases = Object.keys(catalog.modules).filter((key) => catalog.modules[key]?.type === 'base');
const moduleRoutes = Object.keys(catalog.routes).filter((id) => catalog.routes[id]?.access === 'module');
const role = { canManageUsers: true, canBuyAddons: true, canGrant: true };

/** Alive more often than not, or most questions would end at the first layer. */
const period: fc.Arbitrary<PeriodFacts> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<PeriodFacts>({ status: 'active', started: true, ended: false }) },
  {
    weight: 1,
    arbitrary: fc.record({
      status: fc.constantFrom('active', 'trial', 'past_due', 'cancelled', 'expired'),
      started: fc.boolean(),
      ended: fc.boolean(),
    }),
  },
);
const addon = fc
  .tuple(fc.constantFrom(...Object.keys(catalog.addons)), period)
  .map(([key, facts]) => ({ addon: key, ...facts }));
const subscription = (packages: string[]) =>
  fc.tuple(fc.constantFrom(...packages), period).map(([key, facts]) => ({ package: key, ...facts }));
const modules = fc.subarray(Object.keys(catalog.modules));
const permissions = fc.subarray(Object.keys(catalog.permissions));
const access: fc.Arbitrary<AccessFacts> = fc.record({
  membership: fc.constantFrom({ status: 'active' as const }, { status: 'active' as const }, null),
  subscriptions: fc.array(subscription(Object.keys(catalog.packages)), { maxLength: 2 }),
  addons: fc.array(addon, { maxLength: 4 }),
  modules,
  permissions,
});
const route = fc.constantFrom(...moduleRoutes);

const ask = (id: string, facts: AccessFacts): DecisionInput => ({
  route: id,
  authenticated: true,
  caller: null,
  access: facts,
});

describe('laws of access', () => {
  let engine: PolicyEngine;
  const allows = (id: string, facts: AccessFacts) => engine.decide(ask(id, facts)).allow;

  before(async () => {
    engine = await createEngine(await loadBundle(), catalog, { warmUp: 0 });
  });

  it('more add-ons, bundles and grants never take access away', () => {
    let allowed = 0;
    const more = fc.record({
      addons: fc.array(addon, { maxLength: 3 }),
      subscriptions: fc.array(subscription(['studio']), { maxLength: 1 }),
      modules,
      permissions,
    });
    fc.assert(
      fc.property(route, access, more, (id, facts, gained) => {
        const richer: AccessFacts = {
          membership: facts.membership,
          addons: [...gained.addons, ...facts.addons],
          subscriptions: [...gained.subscriptions, ...facts.subscriptions],
          modules: [...facts.modules, ...gained.modules],
          permissions: [...facts.permissions, ...gained.permissions],
        };
        if (!allows(id, facts)) return;
        allowed += 1;
        expect(allows(id, richer)).to.equal(true);
      }),
      { numRuns: 3000 },
    );
    expect(allowed).to.be.greaterThan(20);
  });

  it('without an active base there is nothing, whatever was bought', () => {
    const ended = fc
      .array(subscription(Object.keys(catalog.packages)), { maxLength: 3 })
      .map((rows) => rows.map((row) => (row.package === 'studio' ? row : { ...row, ended: true })));
    fc.assert(
      fc.property(route, access, ended, (id, facts, subscriptions) => {
        const lapsed = { ...facts, subscriptions };
        expect(allows(id, lapsed)).to.equal(false);
        expect(engine.effective({ access: lapsed, role })).to.deep.include({ modules: [], permissions: [] });
      }),
      { numRuns: 1000 },
    );
  });

  it('the persona is the one base that is paid for, and nothing extends it', () => {
    let entered = 0;
    fc.assert(
      fc.property(access, fc.constantFrom(...bases), (facts, persona) => {
        const paid = { package: `basic_${persona}`, status: 'active', started: true, ended: false } as const;
        const bought = { ...facts, subscriptions: [paid] };
        const entitled = engine
          .effective({ access: bought, role })
          .modules.filter((key) => bases.includes(key));
        expect([[], [persona]]).to.deep.include(entitled);
        entered += entitled.length;
        for (const id of moduleRoutes.filter((key) => allows(key, bought))) {
          const module = String(catalog.routes[id]?.module);
          expect(bases.includes(module) ? module : persona).to.equal(persona);
        }
      }),
      { numRuns: 300 },
    );
    expect(entered).to.be.greaterThan(20);
  });

  it('what is effective is what is decided, route by route', () => {
    fc.assert(
      fc.property(route, access, (id, facts) => {
        const { module = '', permission = '' } = catalog.routes[id] ?? {};
        const effective = engine.effective({ access: facts, role });
        const both = effective.modules.includes(module) && effective.permissions.includes(permission);
        expect(allows(id, facts)).to.equal(both);
        expect(effective.delegation.grantableModules).to.deep.equal(
          facts.membership ? effective.modules : [],
        );
      }),
      { numRuns: 3000 },
    );
  });
});
