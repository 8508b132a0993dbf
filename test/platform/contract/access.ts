import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { readAccess, readUser } from '../../../platform/auth/access.ts';
import {
  changeMembership,
  grantModule,
  grantPermission,
  revokeTokens,
} from '../../../platform/auth/memberships.ts';
import { consumeTicket, storeTicket } from '../../../platform/auth/tickets.ts';
import { addAddon, subscribe } from '../../../platform/core/subscriptions.ts';
import type { Database } from '../../../platform/database/database.ts';
import { ACTOR, newCompany, newMember, newUser, period } from '../fixtures.ts';

const HOUR = 3_600_000;
const fromNow = (ms: number): Date => new Date(Date.now() + ms);

export function access(database: () => Database): void {
  describe('reads access', () => {
    it('with everything that is true of a member', async () => {
      const member = await newMember(database(), 'ADMIN');
      const { userId, companyId } = member;
      await subscribe(database(), companyId, 'basic_promoter', period(1, 10, 'expired'), ACTOR);
      await subscribe(database(), companyId, 'basic_venue', period(10, null, 'past_due'), ACTOR);
      await addAddon(database(), companyId, 'finance', period(1, null), ACTOR);
      for (const key of ['finance', 'ai']) await grantModule(database(), member, key, ACTOR);
      await grantPermission(database(), member, 'finance.expense.view', ACTOR);
      await revokeTokens(database(), userId, ACTOR);
      await changeMembership(database(), member, { status: 'suspended' }, ACTOR);
      expect(await readAccess(database(), userId, companyId)).to.deep.equal({
        facts: {
          membership: { status: 'suspended' },
          subscriptions: [
            { package: 'basic_promoter', status: 'expired', started: true, ended: true },
            { package: 'basic_venue', status: 'past_due', started: true, ended: false },
          ],
          addons: [{ addon: 'finance', status: 'active', started: true, ended: false }],
          modules: ['ai', 'finance'],
          permissions: ['finance.expense.view'],
        },
        role: { key: 'ADMIN', canManageUsers: true, canBuyAddons: true, canGrant: true },
        units: null,
        versions: { token: 2, access: 5, entitlement: 3 },
        changesInMs: null,
      });
    });

    it('the same for a company without this member and for none at all', async () => {
      const userId = await newUser(database());
      const other = await newMember(database());
      await subscribe(
        database(),
        other.companyId,
        'basic_venue',
        { ...period(1, null), endsAt: fromNow(HOUR) },
        ACTOR,
      );
      const nobody = {
        facts: { membership: null, subscriptions: [], addons: [], modules: [], permissions: [] },
        role: null,
        units: [],
        versions: { token: 1, access: 0, entitlement: 0 },
        changesInMs: null,
      };
      expect(await readAccess(database(), userId, other.companyId)).to.deep.equal(nobody);
      expect(await readAccess(database(), userId, randomUUID())).to.deep.equal(nobody);
    });

    it('of one company only, and of one user only', async () => {
      const [one, other] = [await newMember(database()), await newMember(database())];
      await grantModule(database(), one, 'ai', ACTOR);
      await addAddon(database(), one.companyId, 'ai', period(1, null), ACTOR);
      const { facts } = await readAccess(database(), other.userId, other.companyId);
      expect([facts.modules, facts.addons]).to.deep.equal([[], []]);
    });

    it('judging periods by the clock of the database, until the next one starts or ends', async () => {
      const { userId, companyId } = await newMember(database());
      const read = () => readAccess(database(), userId, companyId);
      const soon = { status: 'active', startsAt: fromNow(2 * HOUR), endsAt: fromNow(3 * HOUR) } as const;
      await addAddon(database(), companyId, 'ai', soon, ACTOR);
      const before = await read();
      expect(before.facts.addons).to.deep.equal([
        { addon: 'ai', status: 'active', started: false, ended: false },
      ]);
      expect(before.changesInMs).to.be.within(1.9 * HOUR, 2 * HOUR);
      const trial = { status: 'trial', startsAt: fromNow(-HOUR), endsAt: fromNow(HOUR) } as const;
      await subscribe(database(), companyId, 'basic_venue', trial, ACTOR);
      const after = await read();
      expect(after.facts.subscriptions[0]).to.include({ started: true, ended: false });
      expect(after.changesInMs).to.be.within(0.9 * HOUR, HOUR);
      expect(Number.isInteger(after.changesInMs)).to.equal(true);
    });

    it('of no user as of nobody, without a token version', async () => {
      const userId = randomUUID();
      expect(await readUser(database(), userId)).to.equal(null);
      const { facts, versions } = await readAccess(database(), userId, await newCompany(database()));
      expect([facts.membership, versions.token]).to.deep.equal([null, null]);
    });

    it('never from a strange row', async () => {
      const { userId, companyId } = await newMember(database());
      await addAddon(database(), companyId, 'ai', period(1, null), ACTOR);
      const spoilt: [string, string][] = [
        [
          'alter table auth.memberships drop constraint memberships_status',
          `update auth.memberships set status = 'odd'`,
        ],
        [
          'alter table core.company_addons drop constraint company_addons_status, drop constraint company_addons_needs_end',
          `update core.company_addons set status = 'odd' where company_id = '${companyId}'`,
        ],
        [
          'alter table core.company_addons alter starts_at drop not null',
          `update core.company_addons set starts_at = null where company_id = '${companyId}'`,
        ],
        [
          'alter table auth.tenant_roles alter can_grant drop not null',
          `update auth.tenant_roles set can_grant = null`,
        ],
        [
          'alter table auth.users drop constraint users_token_version',
          `update auth.users set token_version = 9007199254740993`,
        ],
      ];
      for (const [loosen, spoil] of spoilt) {
        const trx = await database().transaction();
        const spoilt = trx.raw(loosen).then(() => trx.raw(spoil));
        const read = await spoilt
          .then(() => readAccess(trx, userId, companyId))
          .catch((error: Error) => error);
        await trx.rollback();
        expect(read, spoil)
          .to.be.instanceOf(Error)
          .and.have.property('message')
          .match(/strange row|not a number/);
      }
      expect((await readAccess(database(), userId, companyId)).facts.addons).to.have.length(1);
    });
  });

  describe('gives a ticket', () => {
    const store = async (digest: string, lifeMs: number) => {
      const { userId, companyId } = await newMember(database());
      const ticket = {
        userId,
        companyId,
        routeId: 'ai.chat.open',
        origin: 'https://app.example',
        tokenVersion: 3,
      };
      await storeTicket(database(), digest, ticket, lifeMs);
      return ticket;
    };

    it('once, with all it is bound to', async () => {
      const ticket = await store('one', 10_000);
      const both = await Promise.all([consumeTicket(database(), 'one'), consumeTicket(database(), 'one')]);
      expect(both).to.have.deep.members([ticket, null]);
      expect(await consumeTicket(database(), 'one')).to.equal(null);
      expect(await consumeTicket(database(), 'never')).to.equal(null);
    });

    it('not after its time', async () => {
      await store('late', 0);
      expect(await consumeTicket(database(), 'late')).to.equal(null);
    });
  });
}
