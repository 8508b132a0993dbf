import { expect } from 'chai';
import type { Knex } from 'knex';
import finance from '../../../modules/addons/finance/index.ts';
import promoter from '../../../modules/base/promoter/index.ts';
import { migrateModule, revertModule } from '../../../modules/kit/migrate.ts';
import { createStore } from '../../../modules/kit/store.ts';
import type { TestDatabase } from '../../support/databases.ts';
import { DATABASES } from '../support/both.ts';
import { ACME, BLUENOTE } from '../support/gateway-keys.ts';

const EVENT = { company_id: ACME, name: 'Night', starts_at: '2026-05-01T20:00:00Z' };

for (const [name, open] of DATABASES) {
  describe(`a module’s own schema, on ${name}`, () => {
    let database: TestDatabase | undefined;
    let db: Knex;

    before(async function () {
      this.timeout(120_000);
      database = await open(this);
      db = database.db;
      expect(await migrateModule(db, promoter)).to.deep.equal(promoter.migrations.map(({ name }) => name));
      expect(await migrateModule(db, finance)).to.have.length(finance.migrations.length);
    });
    after(() => database?.drop());

    /** The SQLSTATE a transaction of the module ends with. */
    async function stateOf(
      module: string,
      work: (tx: Knex.Transaction) => Promise<unknown>,
    ): Promise<unknown> {
      const error = await createStore(db, module)
        .transaction({ company: ACME, units: null }, work)
        .then(() => undefined)
        .catch((thrown: unknown) => thrown);
      return (error as { code?: unknown } | undefined)?.code;
    }

    it('is migrated once', async () => {
      expect(await migrateModule(db, promoter)).to.deep.equal([]);
    });

    it('is read and written by its module alone', async () => {
      expect(await stateOf('promoter', (tx) => tx('event').insert(EVENT))).to.equal(undefined);
      expect(await stateOf('finance', async (tx) => tx.raw('select * from promoter.event'))).to.equal(
        '42501',
      );
      expect(await stateOf('finance', async (tx) => tx.raw('delete from promoter.event'))).to.equal('42501');
      expect(await stateOf('promoter', async (tx) => tx.raw('select * from finance.expense'))).to.equal(
        '42501',
      );
      expect(await stateOf('finance', async (tx) => tx.raw('select 1 from expense'))).to.equal(undefined);
    });

    it('lets its module change neither tables, nor migrations, nor the platform', async () => {
      const platform = await db('pg_tables')
        .whereIn('tablename', ['companies', 'users'])
        .select('schemaname', 'tablename');
      expect(platform).to.have.length.above(1);
      const statements = [
        'drop table event',
        'create table mine (id int)',
        'alter table event disable row level security',
        'select * from migrations',
        ...platform.map(({ schemaname, tablename }) => `select * from "${schemaname}"."${tablename}"`),
      ];
      for (const statement of statements) {
        expect(await stateOf('promoter', async (tx) => tx.raw(statement)), statement).to.equal('42501');
      }
    });

    it('shows a transaction the rows of its company, whatever it asks for', async () => {
      const store = createStore(db, 'promoter');
      await store.transaction({ company: BLUENOTE, units: null }, (tx) =>
        tx('event').insert({ ...EVENT, company_id: BLUENOTE }),
      );
      const companies = await store.transaction({ company: ACME, units: null }, (tx) =>
        tx('event').distinct().pluck('company_id'),
      );
      expect(companies).to.deep.equal([ACME]);
      await store.transaction({ company: ACME, units: null }, (tx) =>
        tx('event').where({ company_id: BLUENOTE }).delete(),
      );
      expect(
        await store.transaction({ company: BLUENOTE, units: null }, (tx) => tx('event').pluck('name')),
      ).to.deep.equal([EVENT.name]);
      expect(
        await stateOf('promoter', (tx) => tx('event').insert({ ...EVENT, company_id: BLUENOTE })),
      ).to.equal('42501');
    });

    it('leaves neither role nor company behind on the connection', async () => {
      await createStore(db, 'promoter').transaction({ company: ACME, units: null }, async (tx) =>
        tx.raw('select 1'),
      );
      const result = await db.raw(`select current_user, current_setting('kisum.company', true) as company`);
      expect(result.rows[0].current_user).not.to.match(/^kisum_/);
      expect(result.rows[0].company ?? '').to.equal('');
    });

    it('is taken back and made again', async () => {
      expect(await revertModule(db, finance)).to.have.length(finance.migrations.length);
      expect(await db('pg_tables').where({ schemaname: 'finance' }).pluck('tablename')).to.deep.equal([
        'migrations',
      ]);
      expect(await migrateModule(db, finance)).to.have.length(finance.migrations.length);
    });

    it('stays as it was when a migration fails half way', async () => {
      const broken = {
        name: '0099',
        up: ['create table half (id int)', 'create table half (id int)'],
        down: [],
      };
      const migrations = [...promoter.migrations, broken];
      await migrateModule(db, { ...promoter, migrations }).then(
        () => expect.fail('it ran'),
        () => undefined,
      );
      expect(await db('pg_tables').where({ schemaname: 'promoter', tablename: 'half' })).to.deep.equal([]);
    });

    it('has no table without a company', async () => {
      const loose = { name: '0099', up: ['create table loose (id int)'], down: [] };
      const error = await migrateModule(db, {
        ...promoter,
        migrations: [...promoter.migrations, loose],
      }).catch((thrown: Error) => thrown);
      expect(error).to.be.an('error').with.property('message').that.includes('company_id');
    });
  });
}
