import { expect } from 'chai';
import type { Knex } from 'knex';
import finance from '../../modules/addons/finance/index.ts';
import { migrateModule } from '../../modules/kit/migrate.ts';
import { createStore } from '../../modules/kit/store.ts';
import { DATABASES } from '../modules/support/both.ts';
import { ACME, BLUENOTE } from '../modules/support/gateway-keys.ts';
import type { TestDatabase } from '../support/databases.ts';

const FORBIDDEN = '42501';
const INCOME = {
  company_id: BLUENOTE,
  amount: '5',
  currency: 'EUR',
  date: '2027-06-18',
  source: 'canary',
  unit: 'main',
};
/** Each reads the table as its owner, whom row security does not bind. */
const AROUND = {
  view: 'create view all_income as select * from income',
  'materialized view': 'create materialized view kept_income as select * from income',
};

for (const [name, open] of DATABASES) {
  describe(`row security has no way around it, on ${name}`, () => {
    let database: TestDatabase | undefined;
    let db: Knex;

    before(async function () {
      this.timeout(120_000);
      database = await open(this);
      db = database.db;
      await migrateModule(db, finance);
      await createStore(db, 'finance').transaction({ company: BLUENOTE, units: null }, (tx) =>
        tx('income').insert(INCOME),
      );
      const migrations = [...finance.migrations, { name: '9999', up: Object.values(AROUND), down: [] }];
      await migrateModule(db, { ...finance, migrations });
    });
    after(() => database?.drop());

    const read = (table: string): Promise<unknown> =>
      createStore(db, 'finance')
        .transaction({ company: ACME, units: null }, (tx) => tx(table).pluck('source'))
        .catch((error: { code?: unknown }) => error.code);

    for (const [what, sql] of Object.entries(AROUND)) {
      it(`a ${what} over a module's rows shows none of them`, async () => {
        expect(await read(sql.split(' ').at(-6)!)).to.equal(FORBIDDEN);
      });
    }

    it('its own tables are read as before', async () => {
      expect(await read('income')).to.deep.equal([]);
    });

    for (const attribute of ['bypassrls', 'superuser', 'login']) {
      it(`a role that is there already, with ${attribute}, is not taken for the module's`, async () => {
        const other = { ...finance, manifest: { ...finance.manifest, key: `taken_${attribute}` } };
        const role = `kisum_taken_${attribute}`;
        await db.raw(`create role ${role} ${attribute}`);
        try {
          const error = await migrateModule(db, other).catch((thrown: Error) => thrown);
          expect(String(error)).to.contain(`role ${role} is more than a module's`);
          expect(await db('pg_namespace').where({ nspname: other.manifest.key })).to.deep.equal([]);
        } finally {
          await db.raw(`drop role ${role}`);
        }
      });
    }
  });
}
