import { expect } from 'chai';
import type { Knex } from 'knex';
import {
  addMembership,
  changeMembership,
  createUser,
  grantModule,
  grantPermission,
  type Member,
  removeMembership,
  revokeModule,
  revokeTokens,
} from '../../../platform/auth/memberships.ts';
import { readAccess, readUser } from '../../../platform/auth/access.ts';
import { addAddon, changeAddon, subscribe } from '../../../platform/core/subscriptions.ts';
import type { Database } from '../../../platform/database/database.ts';
import { write } from '../../../platform/database/write.ts';
import { pruneChanges, readChanges, type VersionChange } from '../../../platform/versions.ts';
import { ACTOR, newCompany, newMember, newUser, period } from '../fixtures.ts';

export function versions(database: () => Database): void {
  /** What rose during `work`, once each. */
  const raisedBy = async (work: () => Promise<unknown>): Promise<VersionChange[]> => {
    const { next } = await readChanges(database(), null);
    await work();
    return (await readChanges(database(), next)).changes;
  };
  const as = (work: (trx: Knex) => PromiseLike<unknown>): Promise<unknown> =>
    write(database(), ACTOR, async (trx) => work(trx));
  const accessVersion = async ({ userId, companyId }: Member): Promise<number> =>
    (await readAccess(database(), userId, companyId)).versions.access;

  describe('raises', () => {
    it('the entitlement version of the company that buys or changes, old and new', async () => {
      const [one, other] = [await newCompany(database()), await newCompany(database())];
      let id = '';
      const bought = await raisedBy(async () => {
        id = await addAddon(database(), one, 'ai', period(1, null), ACTOR);
      });
      expect(bought).to.deep.equal([{ kind: 'entitlement', companyId: one, version: 1 }]);
      const moved = await raisedBy(() =>
        as((trx) => trx('core.company_addons').where({ id }).update({ company_id: other })),
      );
      expect(moved).to.have.deep.members([
        { kind: 'entitlement', companyId: one, version: 2 },
        { kind: 'entitlement', companyId: other, version: 1 },
      ]);
      const gone = await raisedBy(() => as((trx) => trx('core.company_addons').where({ id }).delete()));
      expect(gone).to.deep.equal([{ kind: 'entitlement', companyId: other, version: 2 }]);
    });

    it('nothing when nothing changed', async () => {
      const company = await newCompany(database());
      const id = await addAddon(database(), company, 'ai', period(1, null), ACTOR);
      const member = await newMember(database());
      await grantModule(database(), member, 'ai', ACTOR);
      const raised = await raisedBy(async () => {
        await changeAddon(database(), id, period(1, null), ACTOR);
        await changeMembership(database(), member, { status: 'active' }, ACTOR);
        await grantModule(database(), member, 'ai', ACTOR);
        await revokeModule(database(), member, 'venue', ACTOR);
        await as((trx) => trx('core.modules').update({ title: trx.ref('title') }));
        await as((trx) => trx('auth.users').where({ id: member.userId }).update({ name: 'Other' }));
      });
      expect(raised).to.deep.equal([]);
    });

    it('the catalog version and that of every subscribed company when the wiring changes', async () => {
      const [subscribed, addon, neither] = [
        await newCompany(database()),
        await newCompany(database()),
        await newCompany(database()),
      ];
      await subscribe(database(), subscribed, 'basic_venue', period(1, 2, 'expired'), ACTOR);
      await addAddon(database(), addon, 'ai', period(1, null), ACTOR);
      await addAddon(database(), neither, 'finance', period(1, null), ACTOR);
      const companies = (changes: VersionChange[]): unknown[] => {
        expect(changes.filter(({ kind }) => kind === 'catalog')).to.have.length(1);
        return changes.flatMap((change) => (change.kind === 'entitlement' ? [change.companyId] : []));
      };
      const title = { title: 'x' };
      const wired = await raisedBy(() =>
        as(async (trx) => {
          await trx('core.modules').insert({
            key: 'hall',
            type: 'base',
            purpose: 'x',
            uid: 'hall',
            ...title,
          });
          await trx('core.package_modules')
            .where({ package_key: 'basic_venue' })
            .update({ module_key: 'hall' });
        }),
      );
      expect(companies(wired)).to.include(subscribed).and.not.include.members([addon]);
      expect(companies(wired)).to.not.include(neither);
      const based = await raisedBy(() =>
        as((trx) => trx('core.addon_bases').insert({ addon_key: 'ai', module_key: 'venue' })),
      );
      expect(companies(based)).to.include(addon);
      expect(companies(based)).to.not.include(neither).and.not.include(subscribed);
      await as(async (trx) => {
        await trx('core.addon_bases').where({ addon_key: 'ai' }).delete();
        await trx('core.package_modules')
          .where({ package_key: 'basic_venue' })
          .update({ module_key: 'venue' });
        await trx('core.modules').where({ key: 'hall' }).delete();
      });
    });

    it('the access version of the member who is granted or changed, and of nobody else', async () => {
      const member = await newMember(database());
      const changes: (() => Promise<void>)[] = [
        () => grantModule(database(), member, 'ai', ACTOR),
        () => grantPermission(database(), member, 'ai.prediction.view', ACTOR),
        () => revokeModule(database(), member, 'ai', ACTOR),
        () => changeMembership(database(), member, { role: 'ADMIN' }, ACTOR),
        () => changeMembership(database(), member, { status: 'suspended' }, ACTOR),
      ];
      for (const [turn, change] of changes.entries()) {
        expect(await raisedBy(change)).to.deep.equal([{ kind: 'access', ...member, version: turn + 2 }]);
      }
    });

    it('the access version of all who have a role when the role changes', async () => {
      const [one, other] = [await newMember(database(), 'OWNER'), await newMember(database(), 'MEMBER')];
      const set = (value: boolean): Promise<unknown> =>
        as((trx) => trx('auth.tenant_roles').where({ key: 'OWNER' }).update({ can_buy_addons: value }));
      const raised = await raisedBy(() => set(false));
      await set(true);
      expect(raised).to.deep.equal([{ kind: 'access', ...one, version: 2 }]);
      expect(await accessVersion(other)).to.equal(1);
    });

    it('never back: not by leaving and joining again', async () => {
      const member = await newMember(database());
      await grantModule(database(), member, 'ai', ACTOR);
      await removeMembership(database(), member, ACTOR);
      expect(await accessVersion(member)).to.equal(3);
      await addMembership(database(), member, { role: 'MEMBER', status: 'active' }, ACTOR);
      expect(await accessVersion(member)).to.equal(4);
      expect((await readAccess(database(), member.userId, member.companyId)).facts.modules).to.deep.equal([]);
    });

    it('the token version on request, and for one who is deleted and comes back', async () => {
      const userId = await newUser(database());
      const revoked = await raisedBy(() => revokeTokens(database(), userId, ACTOR));
      expect(revoked).to.deep.equal([{ kind: 'token', userId, version: 2 }]);
      const deleted = await raisedBy(() => as((trx) => trx('auth.users').where({ id: userId }).delete()));
      expect(deleted).to.deep.equal([{ kind: 'token', userId, version: 3 }]);
      expect(await readUser(database(), userId)).to.equal(null);
      await createUser(database(), { id: userId, name: 'Back', email: `${userId}@users.example` }, ACTOR);
      expect(await readUser(database(), userId)).to.deep.equal({ tokenVersion: 3 });
    });

    it('in the same transaction: seen inside, gone with it', async () => {
      const member = await newMember(database());
      const raised = await raisedBy(async () => {
        const failed = as(async (trx) => {
          const row = { user_id: member.userId, company_id: member.companyId, module_key: 'ai' };
          await trx('auth.module_grants').insert(row);
          expect((await readAccess(trx, member.userId, member.companyId)).versions.access).to.equal(2);
          throw new Error('changed my mind');
        });
        expect(await failed.catch((error: Error) => error.message)).to.equal('changed my mind');
      });
      expect(raised).to.deep.equal([]);
      expect(await accessVersion(member)).to.equal(1);
    });

    it('once in a transaction, however much it changes', async () => {
      const member = await newMember(database());
      const row = { user_id: member.userId, company_id: member.companyId };
      const raised = await raisedBy(() =>
        as((trx) =>
          trx('auth.module_grants').insert(['ai', 'finance'].map((key) => ({ ...row, module_key: key }))),
        ),
      );
      expect(raised).to.deep.equal([{ kind: 'access', ...member, version: 2 }]);
    });
  });

  describe('keeps history', () => {
    it('of who did what, from what to what', async () => {
      const company = await newCompany(database());
      const id = await addAddon(database(), company, 'ai', period(1, null), 'cleo');
      await changeAddon(database(), id, period(1, 5, 'cancelled'), 'drew');
      const rows = await database()('core.entitlement_history')
        .whereRaw(`after ->> 'id' = ?`, [id])
        .orderBy('id');
      expect(rows.map(({ actor, what }) => [actor, what])).to.deep.equal([
        ['cleo', 'company_addons'],
        ['drew', 'company_addons'],
      ]);
      expect([rows[0].before, rows[1].before.status, rows[1].after.status]).to.deep.equal([
        null,
        'active',
        'cancelled',
      ]);
    });

    it('of access too, and refuses a write without an actor', async () => {
      const member = await newMember(database());
      await grantModule(database(), member, 'ai', 'sol');
      const last = await database()('auth.access_history').orderBy('id', 'desc').first();
      expect([last.actor, last.what, last.after.module_key]).to.deep.equal(['sol', 'module_grants', 'ai']);
      const nobody = await grantModule(database(), member, 'finance', ' ').catch(
        (error: Error) => error.message,
      );
      expect(nobody).to.match(/names its actor/);
    });
  });

  describe('feeds changes', () => {
    it('from a position on, again when asked again', async () => {
      const member = await newMember(database());
      const { next, changes } = await readChanges(database(), null);
      expect(changes).to.deep.equal([]);
      await grantModule(database(), member, 'ai', ACTOR);
      const expected = [{ kind: 'access', ...member, version: 2 }];
      const first = await readChanges(database(), next);
      expect(first.changes).to.deep.equal(expected);
      expect((await readChanges(database(), next)).changes).to.deep.equal(expected);
      expect((await readChanges(database(), first.next)).changes).to.deep.equal([]);
    });

    it('until they are pruned', async () => {
      const member = await newMember(database());
      const { next } = await readChanges(database(), null);
      await grantModule(database(), member, 'ai', ACTOR);
      expect(await pruneChanges(database(), 60_000)).to.equal(0);
      expect((await readChanges(database(), next)).changes).to.have.length(1);
      await pruneChanges(database(), -60_000);
      expect((await readChanges(database(), next)).changes).to.deep.equal([]);
    });
  });
}
