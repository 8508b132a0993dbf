import { expect } from 'chai';
import { COMPANY, openStage, USER, type Stage } from '../../support/stage.ts';
import { openAuthStage } from './auth-stage.ts';
import { compareCells, type Member } from './cells.ts';
import { generateMembers } from './generated.ts';

const EVERYBODY: Member[] = Object.values(USER).flatMap((userId) =>
  Object.values(COMPANY).map((companyId) => ({ userId, companyId })),
);

describe('what /access/me says and what requests get: every member, every route', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => (stage = await openStage()));
  after(() => stage.close());

  it('agree over the demo data', async () => {
    const { cells, allowed, reasons, parted } = await compareCells(stage, EVERYBODY);
    expect(parted).to.deep.equal([]);
    expect(cells).to.be.greaterThan(2000);
    expect(allowed).to.be.greaterThan(100);
    expect([...reasons]).to.include.members(['no_membership', 'no_active_base', 'permission_missing']);
  });

  it('agree over a generated catalog and generated members', async () => {
    const members = await generateMembers(stage, 20, 2);
    const { cells, allowed, reasons, parted } = await compareCells(stage, members);
    expect(parted).to.deep.equal([]);
    expect(cells).to.be.greaterThan(3000);
    expect(allowed).to.be.greaterThan(100);
    expect([...reasons]).to.include.members([
      'no_membership',
      'membership_inactive',
      'no_active_base',
      'base_incompatible',
      'module_not_entitled',
      'entitlement_expired',
      'module_not_granted',
      'permission_missing',
    ]);
  });

  it('agree where Auth resolves access', async () => {
    const withAuth = await openAuthStage();
    const members = [USER.ben, USER.cleo, USER.drew].map((userId) => ({ userId, companyId: COMPANY.acme }));
    const { allowed, reasons, parted } = await compareCells(withAuth, members).finally(withAuth.close);
    expect(parted).to.deep.equal([]);
    expect(allowed).to.be.greaterThan(3);
    expect([...reasons]).to.include.members(['no_membership', 'module_not_granted']);
  });
});
