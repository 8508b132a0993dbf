import { expect } from 'chai';
import {
  addMembership,
  changeMembership,
  createUser,
  grantModule,
  grantPermission,
  removeMembership,
  revokeModule,
  revokePermission,
  revokeTokens,
} from '../../platform/auth/memberships.ts';
import { addAddon, changeAddon, changeSubscription } from '../../platform/core/subscriptions.ts';
import { claimsIn } from '../support/assertion.ts';
import { refused } from '../support/refused.ts';
import { COMPANY, openStage, USER, type Stage } from '../support/stage.ts';
import { signToken } from '../support/token.ts';
import { until } from '../support/until.ts';

const EXPENSES = '/api/finance/expenses';
const BY = 'test';
const ben = { userId: USER.ben, companyId: COMPANY.acme };
const since = new Date('2024-01-01T00:00:00Z');
const open = { status: 'active', startsAt: since, endsAt: null } as const;
const over = { status: 'cancelled', startsAt: since, endsAt: new Date('2025-01-01T00:00:00Z') } as const;

describe('access that changes', () => {
  let stage: Stage;
  before(async () => (stage = await openStage()));
  after(() => stage.close());

  /** `allow`, or the status with the first reason. */
  const outcome = async (
    user: keyof typeof USER = 'ben',
    company: keyof typeof COMPANY = 'acme',
    path = EXPENSES,
    authorization?: string,
  ) => {
    const headers = authorization ? { authorization } : {};
    const response = await stage.call(path, { user: authorization ? null : user, company, headers });
    if (response.ok) return response.text().then(() => 'allow');
    const { status, reasons } = await refused(response);
    return [status, ...(reasons?.slice(0, 1) ?? [])].join(' ');
  };
  const becomes = (wanted: string, ...ask: Parameters<typeof outcome>) =>
    until(async () => (await outcome(...ask)) === wanted);

  const CHANGES: { what: string; away: () => Promise<void>; back: () => Promise<void>; then: string }[] = [
    {
      what: 'a permission',
      away: () => revokePermission(stage.db, ben, 'finance.expense.view', BY),
      back: () => grantPermission(stage.db, ben, 'finance.expense.view', BY),
      then: '403 permission_missing',
    },
    {
      what: 'a module grant',
      away: () => revokeModule(stage.db, ben, 'finance', BY),
      back: () => grantModule(stage.db, ben, 'finance', BY),
      then: '403 module_not_granted',
    },
    {
      what: 'a membership suspended',
      away: () => changeMembership(stage.db, ben, { status: 'suspended' }, BY),
      back: () => changeMembership(stage.db, ben, { status: 'active' }, BY),
      then: '403 membership_inactive',
    },
    {
      what: 'a membership removed with its grants',
      away: () => removeMembership(stage.db, ben, BY),
      back: async () => {
        await addMembership(stage.db, ben, { role: 'MEMBER', status: 'active' }, BY);
        await grantModule(stage.db, ben, 'finance', BY);
        await grantPermission(stage.db, ben, 'finance.expense.view', BY);
      },
      then: '403 no_membership',
    },
    {
      what: "the company's add-on",
      away: async () => changeAddon(stage.db, await addonOf(COMPANY.acme, 'finance'), over, BY),
      back: async () => changeAddon(stage.db, await addonOf(COMPANY.acme, 'finance'), open, BY),
      then: '403 entitlement_expired',
    },
    {
      what: "the company's base",
      away: async () => changeSubscription(stage.db, await baseOf(COMPANY.acme), over, BY),
      back: async () => changeSubscription(stage.db, await baseOf(COMPANY.acme), open, BY),
      then: '403 no_active_base',
    },
    {
      what: 'what the add-on contains',
      away: async () => void (await stage.db('core.addon_modules').where({ addon_key: 'finance' }).delete()),
      back: async () =>
        void (await stage.db('core.addon_modules').insert({ addon_key: 'finance', module_key: 'finance' })),
      then: '403 module_not_entitled',
    },
  ];
  const addonOf = async (company: string, addon: string) => {
    const [row] = await stage
      .db('core.company_addons')
      .where({ company_id: company, addon_key: addon })
      .select<{ id: string }[]>('id');
    return row!.id;
  };
  const baseOf = async (company: string) => {
    const [row] = await stage
      .db('core.company_subscriptions')
      .where({ company_id: company })
      .select<{ id: string }[]>('id');
    return row!.id;
  };

  for (const { what, away, back, then } of CHANGES) {
    it(`${what}: ${then}, and back, while others notice nothing`, async () => {
      expect(await outcome()).to.equal('allow');
      await away();
      await becomes(then);
      expect(await outcome('cleo', 'bluenote', '/api/venue/venues')).to.equal('allow');
      for (let i = 0; i < 5; i += 1) expect(await outcome()).to.equal(then);
      await back();
      await becomes('allow');
      for (let i = 0; i < 5; i += 1) expect(await outcome()).to.equal('allow');
    });
  }

  it('what the module is told follows too', async () => {
    const told = async () => {
      await outcome();
      return claimsIn(stage.seen.at(-1)!);
    };
    const was = await told();
    await grantPermission(stage.db, ben, 'finance.expense.create', BY);
    await until(async () => (await told()).permissions!.includes('finance.expense.create'));
    expect((await told()).versions.access).to.be.greaterThan(was.versions.access!);
    await revokePermission(stage.db, ben, 'finance.expense.create', BY);
    await until(async () => !(await told()).permissions!.includes('finance.expense.create'));
  });

  it('a period that ends, and one that begins, by the clock alone', async () => {
    const sol = ['sol', 'solo', '/api/touring/tours'] as const;
    expect(await outcome(...sol)).to.equal('403 module_not_entitled');
    const { rows } = await stage.db.raw<{ rows: { now: Date }[] }>('select statement_timestamp() as now');
    const at = (ms: number) => new Date(rows[0]!.now.getTime() + ms);
    const period = { status: 'active', startsAt: at(1500), endsAt: at(3000) } as const;
    await addAddon(stage.db, COMPANY.solo, 'touring', period, BY);
    await becomes('allow', ...sol);
    await becomes('403 entitlement_expired', ...sol);
    for (let i = 0; i < 5; i += 1) expect(await outcome(...sol)).to.equal('403 entitlement_expired');
  });

  it('a raised token version ends every token issued before, and only those', async () => {
    const bearer = async (claims: object) =>
      `Bearer ${await signToken(stage.key, USER.cleo, { jti: 'x', ...claims })}`;
    const venues = ['cleo', 'bluenote', '/api/venue/venues'] as const;
    const old = await bearer({ tokenVersion: 1 });
    expect(await outcome(...venues, old)).to.equal('allow');
    await revokeTokens(stage.db, USER.cleo, BY);
    await becomes('401', ...venues, old);
    expect(await outcome(...venues, await bearer({ tokenVersion: 2 }))).to.equal('allow');
    expect(await outcome(...venues, await bearer({ tokenVersion: 3 }))).to.equal('401');
    expect(await outcome()).to.equal('allow');
  });

  it('a user who comes, goes, and comes back', async () => {
    const user = { id: 'aaaaaaaa-0000-4000-8000-000000000077', name: 'Zoe', email: 'zoe@acme.example' };
    const token = async (version: number) =>
      `Bearer ${await signToken(stage.key, user.id, { tokenVersion: version })}`;
    const zoe = ['ben', 'acme', EXPENSES] as const;
    const first = await token(1);
    expect(await outcome(...zoe, first)).to.equal('401');
    await createUser(stage.db, user, BY);
    await becomes('403 no_membership', ...zoe, first);
    await stage.db('auth.users').where({ id: user.id }).delete();
    await becomes('401', ...zoe, first);
    await createUser(stage.db, user, BY);
    await becomes('403 no_membership', ...zoe, await token(2));
    expect(await outcome(...zoe, first)).to.equal('401');
  });
});
