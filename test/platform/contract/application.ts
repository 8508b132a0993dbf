import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Manifest } from '../../../modules/manifest/manifest.ts';
import { addMembership, grantModule, grantPermission } from '../../../platform/auth/memberships.ts';
import { readAccess } from '../../../platform/auth/access.ts';
import { applyCatalog } from '../../../platform/core/apply.ts';
import { readCatalog } from '../../../platform/core/catalog.ts';
import { planCatalog, type CatalogPlan } from '../../../platform/core/plan/plan.ts';
import { readState } from '../../../platform/core/plan/state.ts';
import { addAddon, subscribe } from '../../../platform/core/subscriptions.ts';
import type { Database } from '../../../platform/database/database.ts';
import { readChanges } from '../../../platform/versions.ts';
import { migrateModule } from '../../../modules/kit/migrate.ts';
import { createStore } from '../../../modules/kit/store.ts';
import type { TestDatabase } from '../../support/databases.ts';
import { ACTOR, manifestOf, newCompany, newMember, newUser, owned, period } from '../fixtures.ts';

/** What one application of all manifests promises; each test on a catalog of its own. */
export function application(open: (test: Mocha.Context) => Promise<TestDatabase>): void {
  describe('applies a catalog', () => {
    let test: TestDatabase | undefined;
    let db: Database;
    beforeEach(async function () {
      this.timeout(60_000);
      test = await open(this);
      db = test.db;
    });
    afterEach(() => test?.drop());

    const event = owned('event', true);
    const promoter = manifestOf('promoter', 'base', { owns: [event] });
    const finance = manifestOf('finance', 'addon', {
      owns: [owned('expense')],
      reads: [{ entity: 'promoter.event', why: 'settlements' }],
      soldWith: ['promoter'],
    });
    const till = manifestOf('till', 'system', {
      routes: [
        { id: 'till.cart.list', method: 'GET', path: '/api/till/carts', access: 'public', headers: [] },
      ],
    });
    const all = [finance, till, promoter];

    const apply = (manifests: Manifest[], options = {}): Promise<CatalogPlan> =>
      applyCatalog(db, manifests, { actor: ACTOR, ...options });
    const refused = (manifests: Manifest[], options = {}): Promise<unknown> =>
      apply(manifests, options).then(
        () => 'it was applied',
        (error: unknown) => error,
      );
    const kinds = ({ changes }: CatalogPlan): string[] =>
      changes.map(({ kind, module }) => `${kind} ${module}`);
    const everything = async () => ({
      catalog: await readCatalog(db),
      events: await db('core.catalog_events').count(),
      manifests: await db('core.module_manifests').orderBy('uid').select(),
    });

    it('of modules in any order, and a second time without a change', async () => {
      expect(kinds(await apply(all))).to.deep.equal(['add finance', 'add promoter', 'add till']);
      const before = await everything();
      const { next } = await readChanges(db, null);
      expect((await apply(all.toReversed())).changes).to.deep.equal([]);
      expect(await everything()).to.deep.equal(before);
      expect((await readChanges(db, next)).changes).to.deep.equal([]);
    });

    it('and remembers who changed what, by which plan', async () => {
      await apply([promoter]);
      const renamed = { ...promoter, title: 'Promoters' };
      const { digest } = await apply([renamed], { cliVersion: '1.2.3' });
      const row: Record<string, unknown> | undefined = await db('core.catalog_events')
        .orderBy('id', 'desc')
        .first();
      expect(row).to.include({
        actor: ACTOR,
        uid: promoter.uid,
        module: 'promoter',
        kind: 'change',
        plan_digest: digest,
        cli_version: '1.2.3',
      });
      expect(row!['detail']).to.deep.equal({
        breaking: [],
        what: [
          {
            mark: '~',
            part: 'module',
            name: 'promoter',
            before: { title: 'promoter' },
            after: { title: 'Promoters' },
          },
          {
            mark: '~',
            part: 'sale',
            name: 'package basic_promoter',
            before: { title: 'promoter' },
            after: { title: 'Promoters' },
          },
        ],
      });
    });

    it('of the plan that was looked at, and of no other', async () => {
      const { digest } = planCatalog(await readState(db), all);
      expect(await refused([finance, promoter], { digest })).to.include({ name: 'CatalogRefused' });
      await apply([promoter]);
      expect(await refused(all, { digest }))
        .to.have.property('message')
        .that.matches(/^stale plan: /);
      const again = planCatalog(await readState(db), all);
      expect((await apply(all, { digest: again.digest })).digest).to.equal(again.digest);
    });

    it('once, however many come at the same time', async () => {
      const plans = await Promise.all(Array.from({ length: 5 }, () => apply(all)));
      expect(plans.filter(({ changes }) => changes.length > 0)).to.have.length(1);
      expect((await apply(all)).changes).to.deep.equal([]);
    });

    it('as one of two catalogs that come at the same time, never as a mixture', async () => {
      const other = { ...finance, owns: [owned('invoice')], reads: [], title: 'Other' };
      await Promise.all([
        apply([promoter, finance], { allowBreaking: true }),
        apply([promoter, other], { allowBreaking: true }),
      ]);
      const { entries } = await readState(db);
      const { manifest } = entries.find(({ key }) => key === 'finance')!;
      expect(manifest).to.have.property('title').that.is.oneOf(['finance', 'Other']);
      expect(planCatalog({ version: 0, entries }, [promoter, manifest!]).changes).to.deep.equal([]);
    });

    it('whole or not at all, also when it dies on its last row', async () => {
      await apply([promoter]);
      const before = await everything();
      await db.raw(`create function core.die() returns trigger language plpgsql as $$
        begin raise exception 'died' using errcode = 'raise_exception'; end $$`);
      await db.raw(
        `create trigger die before insert on core.catalog_events for each row execute function core.die()`,
      );
      expect(await refused([{ ...promoter, key: 'host', services: ['host'] }, manifestOf('ai', 'addon')]))
        .to.have.property('message')
        .that.includes('died');
      await db.raw('drop function core.die() cascade');
      expect(await everything()).to.deep.equal(before);
    });

    it('but a change that breaks somebody only when it is allowed', async () => {
      await apply(all);
      const narrow: Manifest[] = [promoter, till, { ...finance, owns: [owned('income')], soldWith: [] }];
      const error = (await refused(narrow)) as Error;
      expect(error.name).to.equal('CatalogRefused');
      expect(error.message)
        .to.include('--allow-breaking')
        .and.include('finance: takes away permission finance.expense.view')
        .and.include('finance: takes away route finance.expense.list');
      await apply(narrow, { allowBreaking: true });
      const { data } = await readCatalog(db);
      expect(Object.keys(data.entities)).to.have.members(['promoter.event', 'finance.income']);
      const again = planCatalog(await readState(db), [
        promoter,
        till,
        { ...finance, soldWith: ['promoter'] },
      ]);
      expect(again.changes[0]!.breaking).to.include('sells add-on finance with fewer bases');
    });

    it('but another type only when it is allowed and nobody bought the module', async () => {
      await apply(all);
      const retyped: Manifest[] = [promoter, till, { ...finance, type: 'base' }];
      delete retyped[2]!.soldWith;
      expect(await refused(retyped, { allowBreaking: true }))
        .to.have.property('message')
        .that.includes('finance: changes its type from addon to base')
        .and.includes('--allow-type-change');
      const options = { allowBreaking: true, allowTypeChange: true };
      expect(kinds(await apply(retyped, options))).to.deep.equal(['retype finance', 'change finance']);
      const { data } = await readCatalog(db);
      expect(data.modules).to.deep.include({ finance: { type: 'base' } });
      expect([data.addons, data.packages]).to.deep.equal([
        {},
        { basic_finance: { modules: { finance: true } }, basic_promoter: { modules: { promoter: true } } },
      ]);
      await subscribe(db, await newCompany(db), 'basic_finance', period(1, null), ACTOR);
      expect(await refused(all, options))
        .to.have.property('message')
        .that.includes('package basic_finance cannot be withdrawn');
      expect(await refused([promoter, finance, { ...till, type: 'addon' }], options))
        .to.have.property('message')
        .that.includes('till cannot become a addon from a system');
    });

    it('leaving a module that left the tree as it is, called orphaned, until it is back', async () => {
      await apply(all);
      const before = await readCatalog(db);
      expect(kinds(await apply([promoter, till]))).to.deep.equal(['orphan finance']);
      const { data, routes } = await readCatalog(db);
      expect([data, routes]).to.deep.equal([before.data, before.routes]);
      expect((await apply([promoter, till])).changes).to.deep.equal([]);
      const { entries } = await readState(db);
      expect(entries.find(({ key }) => key === 'finance')).to.include({ status: 'orphaned' });
      const usurper = manifestOf('finance', 'addon', { owns: [owned('loot')] });
      expect(await refused([promoter, till, usurper]))
        .to.have.property('message')
        .that.includes(`key finance belongs to the module with uid ${finance.uid}`);
      expect(kinds(await apply(all))).to.deep.equal(['revive finance']);
    });

    it('with keys that move on in a row, and not in a circle', async () => {
      const one = manifestOf('one', 'addon', { owns: [owned('thing')] });
      const two = manifestOf('two', 'addon', { owns: [owned('thing')] });
      await apply([one, two]);
      const moved = [
        { ...one, key: 'two', services: ['two'] },
        { ...two, key: 'three', services: ['three'] },
      ];
      expect(kinds(await apply(moved)).filter((it) => it.startsWith('rename'))).to.deep.equal([
        'rename three',
        'rename two',
      ]);
      expect(await db('core.modules').orderBy('key').select('key', 'uid')).to.deep.equal([
        { key: 'three', uid: two.uid },
        { key: 'two', uid: one.uid },
      ]);
      const swapped = [
        { ...moved[0]!, key: 'three', services: ['three'] },
        { ...moved[1]!, key: 'two', services: ['two'] },
      ];
      expect(await refused(swapped))
        .to.have.property('message')
        .that.includes('changes hands in a circle');
    });

    it('of one from before manifests were kept', async () => {
      await apply(all);
      const { data, routes } = await readCatalog(db);
      await db('core.module_manifests').delete();
      expect(kinds(await apply([promoter, till]))).to.deep.equal([
        'orphan finance',
        'change promoter',
        'add till',
      ]);
      expect(kinds(await apply(all))).to.deep.equal(['revive finance', 'change finance']);
      const now = await readCatalog(db);
      expect([now.data, now.routes]).to.deep.equal([data, routes]);
    });

    it('carrying a renamed module over: permissions, grants, what was bought, and its own rows', async () => {
      const uid = randomUUID();
      const basic = manifestOf('basic', 'base', { uid, owns: [event], services: ['basic', 'basic.feed'] });
      const reader = {
        ...finance,
        reads: [{ entity: 'basic.event', why: 'settlements' }],
        soldWith: ['basic'],
      };
      await apply([basic, reader]);
      const migrations = [
        { name: '0001', up: ['create table event (id int primary key, company_id uuid)'], down: [] },
      ];
      await migrateModule(db, { manifest: basic, migrations });
      const { userId, companyId } = await newMember(db);
      const member = { userId, companyId };
      await subscribe(db, companyId, 'basic_basic', period(1, null), ACTOR);
      await addAddon(db, companyId, 'finance', period(1, null), ACTOR);
      await grantModule(db, member, 'basic', ACTOR);
      await grantPermission(db, member, 'basic.event.view', ACTOR);
      const other = { userId: await newUser(db), companyId };
      await addMembership(db, other, { role: 'MEMBER', status: 'active' }, ACTOR);
      await grantPermission(db, other, 'finance.expense.view', ACTOR);
      const row = { id: 1, company_id: companyId };
      await createStore(db, 'basic').transaction({ company: companyId, units: null }, (tx) =>
        tx('event').insert(row),
      );
      const login = `login_${randomUUID().slice(0, 8)}`;
      await db.raw(`create role ${login}`);
      await db.raw(`grant kisum_basic to ${login}`);
      await db('core.services').where({ key: 'basic' }).update({ base_url: 'http://127.0.0.1:4000' });
      const before = await readAccess(db, userId, companyId);
      const untouched = await readAccess(db, other.userId, companyId);

      const renamed = { ...basic, key: 'promoter', services: ['promoter', 'promoter.feed'] };
      const follower = { ...finance, title: reader.title };
      const plan = await apply([renamed, follower]);
      expect(plan.changes.filter(({ kind }) => kind === 'rename')).to.deep.equal([
        { kind: 'rename', module: 'promoter', uid, from: 'basic', what: [], breaking: [] },
      ]);
      expect((await apply([renamed, follower])).changes).to.deep.equal([]);

      const { data, services, routes } = await readCatalog(db);
      expect(JSON.stringify([data, services, routes])).to.not.match(/\bbasic\b|basic_basic/);
      expect(data.packages).to.deep.equal({ basic_promoter: { modules: { promoter: true } } });
      expect(data.addons).to.deep.equal({
        finance: { modules: { finance: true }, bases: { promoter: true } },
      });
      expect(data.reads).to.deep.equal({ finance: { 'promoter.event': true } });
      expect(services).to.deep.equal({
        finance: null,
        promoter: 'http://127.0.0.1:4000',
        'promoter.feed': null,
      });
      expect(await db('core.modules').where({ uid }).pluck('key')).to.deep.equal(['promoter']);
      const { facts, versions } = await readAccess(db, userId, companyId);
      expect([facts.modules, facts.permissions]).to.deep.equal([['promoter'], ['promoter.event.view']]);
      expect(facts.subscriptions[0]).to.include({ package: 'basic_promoter', started: true });
      expect(versions.access).to.be.greaterThan(before.versions.access);
      expect(versions.entitlement).to.be.greaterThan(before.versions.entitlement);
      expect((await readAccess(db, other.userId, companyId)).versions.access).to.equal(
        untouched.versions.access,
      );
      const history = await db('auth.access_history').where({ what: 'permission_grants', actor: ACTOR });
      expect(history.at(-1)).to.have.nested.property('before.permission_key', 'basic.event.view');

      const store = createStore(db, 'promoter');
      expect(
        await store.transaction({ company: companyId, units: null }, (tx) => tx('event').select()),
      ).to.deep.equal([row]);
      expect(
        await store.transaction({ company: randomUUID(), units: null }, (tx) => tx('event').select()),
      ).to.deep.equal([]);
      expect(await migrateModule(db, { manifest: renamed, migrations })).to.deep.equal([]);
      const roles = await db.raw<{ rows: unknown[] }>(
        `select pg_has_role('${login}', 'kisum_promoter', 'member') as enters, to_regrole('kisum_basic') as old`,
      );
      expect(roles.rows).to.deep.equal([{ enters: true, old: null }]);
      await db.raw(`drop role ${login}`);
    });
  });
}
