import { expect } from 'chai';
import { readAccess } from '../../platform/auth/access.ts';
import { grantModule, revokeModule } from '../../platform/auth/memberships.ts';
import type { Database } from '../../platform/database/database.ts';
import { migrateDown, migrateUp } from '../../platform/database/migrate.ts';
import { RefusedByDatabase, refusal } from '../../platform/database/errors.ts';
import { migrations } from '../../platform/migrations/index.ts';
import { readChanges } from '../../platform/versions.ts';
import { serverDatabase, type TestDatabase } from '../support/databases.ts';
import { platformContract } from './contract/contract.ts';
import { ACTOR, newCompany, newMember, seedCatalog } from './fixtures.ts';

describe('the platform on a PostgreSQL server', () => {
  platformContract((test) => serverDatabase(test));

  describe('with many connections', () => {
    let test: TestDatabase | undefined;
    const database = (): Database => test!.db;

    before(async function () {
      this.timeout(60_000);
      test = await serverDatabase(this);
      await seedCatalog(test.db);
    });
    after(() => test?.drop());

    it('feeds a change that commits after a later one', async () => {
      const [early, late] = [await newMember(database()), await newMember(database())];
      const row = { user_id: early.userId, company_id: early.companyId, module_key: 'ai' };
      const { next: start } = await readChanges(database(), null);
      const slow = await database().transaction();
      await slow('auth.module_grants').insert(row);
      await grantModule(database(), late, 'ai', ACTOR);

      const first = await readChanges(database(), start);
      expect(first.changes).to.deep.equal([{ kind: 'access', ...late, version: 2 }]);
      await slow.commit();
      const second = await readChanges(database(), first.next);
      expect(second.changes).to.deep.include({ kind: 'access', ...early, version: 2 });
      expect((await readChanges(database(), second.next)).changes).to.deep.equal([]);
    });

    it('gives every concurrent change its own version', async () => {
      const member = await newMember(database());
      const { next } = await readChanges(database(), null);
      const turns = Array.from({ length: 20 }, (_, turn) => turn);
      await Promise.all(
        turns.map((turn) => grantModule(database(), member, turn % 2 ? 'ai' : 'finance', ACTOR)),
      );
      await Promise.all(['ai', 'finance'].map((key) => revokeModule(database(), member, key, ACTOR)));
      const { changes } = await readChanges(database(), next);
      expect(changes.map(({ version }) => version)).to.have.members([2, 3, 4, 5]);
      expect((await readAccess(database(), member.userId, member.companyId)).versions.access).to.equal(5);
    });

    it('lets one of many overlapping base subscriptions win, and tells the others why', async () => {
      const row = { package_key: 'basic_venue', status: 'active', starts_at: '2020-01-01' };
      const buyers = Array.from({ length: 10 });
      await Promise.all(buyers.map(() => database().raw('select 1')));
      const company_id = await newCompany(database());
      // Some rounds, because two that meet in the wrong moment would end as a deadlock.
      for (let round = 0; round < 30; round += 1) {
        const results = await Promise.allSettled(
          buyers.map(() => database()('core.company_subscriptions').insert({ ...row, company_id })),
        );
        const refused = results.flatMap((result) =>
          result.status === 'rejected' ? [refusal(result.reason)] : [],
        );
        expect(refused).to.have.length(9);
        for (const error of refused) {
          expect(error).to.be.instanceOf(RefusedByDatabase);
          expect(error).to.have.property('code', 'company_subscriptions_one_base');
        }
        await database()('core.company_subscriptions').where({ company_id }).delete();
      }
    });

    it('lets migrators that start at once wait for each other', async () => {
      await migrateDown(database(), { all: true });
      await database().raw('drop schema core cascade');
      const ran = await Promise.all([migrateUp(database()), migrateUp(database())]);
      expect(ran.map(({ length }) => length).sort()).to.deep.equal([0, migrations.length]);
    });
  });
});
