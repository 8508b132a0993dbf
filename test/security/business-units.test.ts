import { expect } from 'chai';
import type { Knex } from 'knex';
import finance from '../../modules/addons/finance/index.ts';
import { migrateModule } from '../../modules/kit/migrate.ts';
import { createStore, type Reach } from '../../modules/kit/store.ts';
import { grant } from '../../platform/auth/memberships.ts';
import { addUnit, limitMembership, MAX_UNITS, removeUnit } from '../../platform/auth/units.ts';
import { DATABASES } from '../modules/support/both.ts';
import { assertionOf, claimsIn } from '../support/assertion.ts';
import { serverDatabase, type TestDatabase } from '../support/databases.ts';
import { COMPANY, openStage, USER, type Stage } from '../support/stage.ts';
import { signToken } from '../support/token.ts';
import { until } from '../support/until.ts';
import { openWorld, type World } from '../support/world.ts';

const BEN = { userId: USER.ben, companyId: COMPANY.acme };
const EXPENSES = '/api/finance/expenses';
const MONEY = { amount: '10', currency: 'EUR', date: '2027-06-18' };
const EXPENSE = { ...MONEY, category: 'stage' };
const FORBIDDEN = '42501';

describe('a member limited to business units, through the real gateway', () => {
  let world: World;
  let db: Knex;
  let id: { rotterdam: string; berlin: string };

  const ben = (path = '', body?: object, method?: string) =>
    world.call('ben', COMPANY.acme, EXPENSES + path, body, method);
  const seen = async (): Promise<string[]> => {
    const { data } = (await (await ben()).json()) as { data: { unit: string }[] };
    return data.map(({ unit }) => unit);
  };
  /** Sees exactly the rows of these units, from the next poll of the versions on. */
  const limit = async (units: string[] | null) => {
    await limitMembership(db, BEN, units, 'test');
    const expected = String(units ?? ['berlin', 'rotterdam']);
    await until(async () => String((await seen()).toSorted()) === expected);
  };

  before(async function () {
    this.timeout(120_000);
    const database = await serverDatabase(this);
    db = database.db;
    world = await openWorld(database);
    const permissions = ['create', 'update', 'delete'].map((action) => `finance.expense.${action}`);
    await grant(db, BEN, { modules: [], permissions }, 'test');
    const make = async (unit: string) => {
      const made = await world.call('ana', COMPANY.acme, EXPENSES, { ...EXPENSE, unit });
      return ((await made.json()) as { data: { id: string } }).data.id;
    };
    id = { rotterdam: await make('rotterdam'), berlin: await make('berlin') };
    await until(async () => (await ben('', EXPENSE)).status === 400);
  });
  after(() => world?.close());

  it('sees the rows of those alone, as soon as it is so, and all again without the limit', async () => {
    expect((await seen()).toSorted()).to.deep.equal(['berlin', 'rotterdam']);
    await limit(['berlin']);
    expect((await ben(`/${id.rotterdam}`)).status).to.equal(404);
    expect((await ben(`/${id.berlin}`)).status).to.equal(200);
    await limit([]);
    await limit(null);
    expect((await ben(`/${id.rotterdam}`)).status).to.equal(200);
  });

  it('writes nothing beyond them', async () => {
    await limit(['berlin']);
    const answers = [
      await ben(`/${id.rotterdam}`, { category: 'mine' }, 'PATCH'),
      await ben(`/${id.rotterdam}`, undefined, 'DELETE'),
      await ben('', { ...EXPENSE, unit: 'rotterdam' }),
      await ben(`/${id.berlin}`, { unit: 'rotterdam' }, 'PATCH'),
      await ben(`/${id.berlin}`, { category: 'light' }, 'PATCH'),
    ];
    expect(answers.map(({ status }) => status)).to.deep.equal([404, 404, 400, 400, 200]);
    const rows = await db('finance.expense').orderBy('unit').select('unit', 'category');
    expect(rows).to.deep.equal([
      { unit: 'berlin', category: 'light' },
      { unit: 'rotterdam', category: 'stage' },
    ]);
  });

  it('sees nothing, and not everything, once the last unit is gone', async () => {
    await limit(['berlin']);
    await removeUnit(db, COMPANY.acme, 'berlin', 'test');
    await until(async () => (await seen()).length === 0);
    await addUnit(db, COMPANY.acme, 'berlin', 'test');
    await limit(null);
  });
});

describe('the limit in the assertion', () => {
  let stage: Stage;

  before(async function () {
    this.timeout(120_000);
    stage = await openStage();
  });
  after(() => stage?.close());

  const given = async (user: 'ana' | 'ben') => {
    await (await stage.call(EXPENSES, { user })).text();
    return stage.seen.at(-1)!;
  };

  it('is null for who is not limited, and the sorted units of who is', async () => {
    expect(claimsIn(await given('ben')).units).to.equal(null);
    await limitMembership(stage.db, BEN, ['rotterdam', 'berlin'], 'test');
    await until(async () => claimsIn(await given('ben')).units !== null);
    expect(claimsIn(await given('ben')).units).to.deep.equal(['berlin', 'rotterdam']);
    expect(claimsIn(await given('ana')).units).to.equal(null);
  });

  it('is never too long for a module to read', async () => {
    const units = Array.from({ length: MAX_UNITS }, (_, at) => `${'x'.repeat(62)}${10 + at}`);
    for (const unit of units) await addUnit(stage.db, COMPANY.acme, unit, 'test');
    await limitMembership(stage.db, { ...BEN, userId: USER.ana }, units, 'test');
    await until(async () => claimsIn(await given('ana')).units?.length === MAX_UNITS);
    const assertion = assertionOf(await given('ana'));
    expect(assertion.length).to.be.below(8192);
    expect(claimsIn(await given('ana')).permissions).to.deep.equal(['finance.expense.view']);
    await limitMembership(stage.db, { ...BEN, userId: USER.ana }, null, 'test');
  });

  it('goes with the user wherever a module asks for them', async () => {
    const assertion = assertionOf(await given('ben'));
    const response = await stage.call('/api/promoter/events', {
      user: null,
      headers: {
        authorization: `Bearer ${await signToken(stage.key, 'module:finance')}`,
        'x-kisum-on-behalf-of': assertion,
      },
    });
    expect(response.status).to.equal(200);
    const { sub, caller, units } = claimsIn(stage.seen.at(-1)!);
    expect({ sub, caller, units }).to.deep.equal({
      sub: USER.ben,
      caller: 'finance',
      units: ['berlin', 'rotterdam'],
    });
  });
});

for (const [name, open] of DATABASES) {
  describe(`business units bind a module's own SQL, on ${name}`, () => {
    let database: TestDatabase | undefined;
    let db: Knex;
    const INCOME = { ...MONEY, source: 'bar', company_id: COMPANY.acme };

    before(async function () {
      this.timeout(120_000);
      database = await open(this);
      db = database.db;
      await migrateModule(db, finance);
    });
    after(() => database?.drop());
    beforeEach(() =>
      as(null, async (tx) => {
        await tx('income').delete();
        await tx('income').insert(['berlin', 'rotterdam'].map((unit) => ({ ...INCOME, unit })));
      }),
    );

    const as = <T>(units: Reach['units'], work: (tx: Knex.Transaction) => Promise<T>): Promise<T> =>
      createStore(db, 'finance').transaction({ company: COMPANY.acme, units }, work);
    const units = (tx: Knex.Transaction): Promise<string[]> =>
      tx('income').orderBy('unit').pluck<string[]>('unit');
    const stateOf = (work: Promise<unknown>): Promise<unknown> =>
      work.then(
        (done) => done,
        (error: { code?: unknown }) => error.code,
      );

    it('a query that says nothing of units reads, changes and deletes within the limit', async () => {
      expect(await as(['berlin'], units)).to.deep.equal(['berlin']);
      expect(await as(['berlin', 'rotterdam'], units)).to.deep.equal(['berlin', 'rotterdam']);
      expect(await as([], units)).to.deep.equal([]);
      expect(await as(['berlin'], (tx) => tx('income').update({ note: 'x' }))).to.equal(1);
      expect(await as([], (tx) => tx('income').update({ note: 'x' }))).to.equal(0);
      expect(await as(['berlin'], (tx) => tx('income').delete())).to.equal(1);
      expect(await as(null, units)).to.deep.equal(['rotterdam']);
    });

    it('no row is made in another unit, nor moved to one', async () => {
      const insert = (unit: string) =>
        stateOf(as(['berlin'], (tx) => tx('income').insert({ ...INCOME, unit })));
      expect(await insert('rotterdam')).to.equal(FORBIDDEN);
      expect(await insert('berlin')).to.not.equal(FORBIDDEN);
      const move = as(['berlin'], (tx) => tx('income').update({ unit: 'rotterdam' }));
      expect(await stateOf(move)).to.equal(FORBIDDEN);
    });

    it('whoever says nothing of a limit sees nothing', async () => {
      const silent = db.transaction(async (tx) => {
        await tx.raw(
          `select set_config('role', 'kisum_finance', true), set_config('search_path', 'finance', true),
            set_config('kisum.company', ?, true)`,
          [COMPANY.acme],
        );
        return units(tx);
      });
      expect(String(await stateOf(silent))).to.be.oneOf(['', '42704']);
    });

    it('migrated again it is so still, and no longer once the manifest says so', async () => {
      await migrateModule(db, finance);
      expect(await as(['berlin'], units)).to.deep.equal(['berlin']);
      const owns = finance.manifest.owns.map((owned) => ({ ...owned, scope: 'company' as const }));
      await migrateModule(db, { ...finance, manifest: { ...finance.manifest, owns } });
      expect(await as(['berlin'], units)).to.deep.equal(['berlin', 'rotterdam']);
      await migrateModule(db, finance);
      expect(await as(['berlin'], units)).to.deep.equal(['berlin']);
    });
  });
}
