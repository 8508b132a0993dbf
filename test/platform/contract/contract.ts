import { expect } from 'chai';
import type { Database } from '../../../platform/database/database.ts';
import { migrateDown, migrateUp, migrationStatus } from '../../../platform/database/migrate.ts';
import type { TestDatabase } from '../../support/databases.ts';
import { seedCatalog } from '../fixtures.ts';
import { access } from './access.ts';
import { application } from './application.ts';
import { refusals } from './refusals.ts';
import { registration } from './registration.ts';
import { units } from './units.ts';
import { versions } from './versions.ts';

/** What the platform promises on whatever database it stands: run over each kind there is. */
export function platformContract(open: (test: Mocha.Context) => Promise<TestDatabase>): void {
  let test: TestDatabase | undefined;
  const database = (): Database => test!.db;

  before(async function () {
    this.timeout(60_000);
    test = await open(this);
    await seedCatalog(test.db);
  });
  after(() => test?.drop());

  refusals(database);
  versions(database);
  access(database);
  units(database);
  registration(database);
  application(open);

  describe('migrates', () => {
    it('back to nothing and forth again, each step once', async () => {
      const { done, pending } = await migrationStatus(database());
      expect(done).to.have.length.greaterThan(0);
      expect(pending).to.deep.equal([]);
      expect(await migrateUp(database())).to.deep.equal([]);
      expect(await migrateDown(database(), { all: true })).to.deep.equal([...done].reverse());
      expect(await migrationStatus(database())).to.deep.equal({ done: [], pending: done });
      expect(await leftOvers(database())).to.deep.equal([]);
      expect(await migrateUp(database())).to.deep.equal(done);
      await seedCatalog(database());
    });
  });
}

/** What stands in our schemas beside knex's own two tables. */
async function leftOvers(db: Database): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { name: string }[] }>(
    `select relname as name from pg_class join pg_namespace n on n.oid = relnamespace
       where nspname in ('core', 'auth') and relkind in ('r', 'S') and relname !~ '^migrations'
     union select proname from pg_proc join pg_namespace n on n.oid = pronamespace where nspname in ('core', 'auth')`,
  );
  return rows.map(({ name }) => name);
}
