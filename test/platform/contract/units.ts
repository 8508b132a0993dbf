import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { readAccess } from '../../../platform/auth/access.ts';
import { removeMembership, type Member } from '../../../platform/auth/memberships.ts';
import { addUnit, limitMembership, MAX_UNITS, readUnits, removeUnit } from '../../../platform/auth/units.ts';
import type { Database } from '../../../platform/database/database.ts';
import { RefusedByDatabase } from '../../../platform/database/errors.ts';
import { ACTOR, newMember } from '../fixtures.ts';

export function units(database: () => Database): void {
  const limit = (member: Member, keys: string[] | null) => limitMembership(database(), member, keys, ACTOR);
  const read = async ({ userId, companyId }: Member) => {
    const { units, versions } = await readAccess(database(), userId, companyId);
    return [units, versions.access] as const;
  };
  const memberOfTwo = async (): Promise<Member> => {
    const member = await newMember(database());
    for (const unit of ['rotterdam', 'berlin']) await addUnit(database(), member.companyId, unit, ACTOR);
    return member;
  };

  describe('keeps business units', () => {
    it('of a company, each once, told whether it was there', async () => {
      const { companyId } = await newMember(database());
      expect(await addUnit(database(), companyId, 'rotterdam', ACTOR)).to.equal(true);
      expect(await addUnit(database(), companyId, 'rotterdam', ACTOR)).to.equal(false);
      expect(await addUnit(database(), companyId, 'berlin', ACTOR)).to.equal(true);
      expect(await readUnits(database(), companyId)).to.deep.equal(['berlin', 'rotterdam']);
      expect(await removeUnit(database(), companyId, 'berlin', ACTOR)).to.equal(true);
      expect(await removeUnit(database(), companyId, 'berlin', ACTOR)).to.equal(false);
      expect(await readUnits(database(), companyId)).to.deep.equal(['rotterdam']);
    });

    it('as the limit of a membership, each change with one version', async () => {
      const member = await memberOfTwo();
      expect(await read(member)).to.deep.equal([null, 1]);
      await limit(member, ['rotterdam', 'berlin']);
      expect(await read(member)).to.deep.equal([['berlin', 'rotterdam'], 2]);
      await limit(member, ['berlin']);
      expect(await read(member)).to.deep.equal([['berlin'], 3]);
      await limit(member, ['berlin']);
      expect(await read(member)).to.deep.equal([['berlin'], 3]);
      await limit(member, null);
      expect(await read(member)).to.deep.equal([null, 4]);
    });

    it('so that whoever loses the last one sees nothing, and not everything', async () => {
      const member = await memberOfTwo();
      await limit(member, ['berlin']);
      await removeUnit(database(), member.companyId, 'berlin', ACTOR);
      expect(await read(member)).to.deep.equal([[], 3]);
      await addUnit(database(), member.companyId, 'berlin', ACTOR);
      expect(await read(member)).to.deep.equal([[], 3]);
      await limit(member, []);
      expect(await read(member)).to.deep.equal([[], 3]);
    });

    it('in history, with who did it', async () => {
      const member = await memberOfTwo();
      await limit(member, ['berlin']);
      const rows = await database()('auth.access_history')
        .whereRaw("coalesce(after, before) ->> 'company_id' = ?", [member.companyId])
        .orderBy('id')
        .select('actor', 'what');
      expect(rows.slice(-2)).to.deep.equal([
        { actor: ACTOR, what: 'memberships' },
        { actor: ACTOR, what: 'membership_units' },
      ]);
    });

    it('or nothing of the change at all', async () => {
      const member = await memberOfTwo();
      await limit(member, ['berlin']);
      const before = await read(member);
      const fails = async (work: Promise<unknown>) =>
        work.then(
          () => undefined,
          (error: unknown) => error,
        );
      expect(await fails(limit(member, ['rotterdam', 'paris']))).to.be.instanceOf(RefusedByDatabase);
      expect(String(await fails(limit({ ...member, userId: randomUUID() }, [])))).to.include(
        'no such membership',
      );
      const many = Array.from({ length: MAX_UNITS + 1 }, (_, at) => `unit-${at}`);
      expect(String(await fails(limit(member, many)))).to.include(`${MAX_UNITS} business units at most`);
      expect(await read(member)).to.deep.equal(before);
      await removeMembership(database(), member, ACTOR);
      expect((await read(member))[0]).to.deep.equal([]);
    });
  });
}
