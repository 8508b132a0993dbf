import { expect } from 'chai';
import type { Database } from '../../platform/database/database.ts';
import { grant, revoke, type Member } from '../../platform/auth/memberships.ts';
import { readMemberships } from '../../platform/auth/members.ts';
import { readHistory } from '../../platform/history.ts';
import type { GrantUntilArgs } from '../../cli/operations/grants.ts';
import { grant as grantOperation } from '../../cli/operations/grants.ts';
import type { Platform } from '../../cli/operations/platform.ts';
import { COMPANY, openStage, USER, type Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';

const PERMISSION = 'finance.expense.create';
const KEYS = { modules: ['ai'], permissions: [PERMISSION] };
const NONE = { modules: [], permissions: [] };

describe('a grant that ends', function () {
  this.timeout(60_000);
  let stage: Stage;
  let db: Database;
  const ben: Member = { userId: USER.ben, companyId: COMPANY.acme };

  before(async () => {
    stage = await openStage();
    ({ db } = stage);
  });
  after(() => stage.close());
  afterEach(() => revoke(db, ben, KEYS, 'max'));

  const version = async () => {
    const row = await db('auth.access_versions')
      .where({ user_id: ben.userId, company_id: ben.companyId })
      .first<{ version: string }>('version');
    return Number(row.version);
  };
  const ends = async () => (await readMemberships(db, ben))[0]!.ends;
  const give = (endsAt: Date | null) => grant(db, ben, KEYS, 'max', endsAt);

  it('has its end set, moved and lifted, each a change of its own', async () => {
    const [one, two] = [new Date('2100-01-01T00:00:00Z'), new Date('2100-06-01T12:30:00.250Z')];
    for (const end of [null, one, two, null]) {
      const before = await version();
      expect(await give(end)).to.deep.equal(KEYS);
      expect(await version()).to.equal(before + 1);
      const told = end === null ? {} : { ai: end.toISOString(), [PERMISSION]: end.toISOString() };
      expect(await ends()).to.deep.equal(told);
    }
    const [newest] = await readHistory(db, { limit: 1 });
    expect(newest!.before!['ends_at']).to.not.equal(null);
    expect(newest!.after!['ends_at']).to.equal(null);
  });

  it('given again as it is raises no version', async () => {
    for (const end of [null, new Date('2100-01-01T00:00:00Z')]) {
      await give(end);
      const before = await version();
      expect(await give(end)).to.deep.equal(NONE);
      expect(await version()).to.equal(before);
    }
  });

  it('is no grant once it is over: granting is a change again, and revoking it takes nothing away', async () => {
    const over = new Date(Date.now() - 1000);
    await give(over);
    expect((await readMemberships(db, ben))[0]!.modules).to.not.include('ai');
    expect(await give(null)).to.deep.equal(KEYS);
    await give(over);
    expect(await revoke(db, ben, KEYS, 'max')).to.deep.equal(NONE);
    expect(await db('auth.module_grants').where({ user_id: ben.userId, module_key: 'ai' })).to.deep.equal([]);
    await give(null);
    expect(await revoke(db, ben, KEYS, 'max')).to.deep.equal(KEYS);
  });

  it('ends on its second at a running gateway, without any event', async () => {
    const body = JSON.stringify({});
    const headers = { 'content-type': 'application/json' };
    const ask = async () => {
      const call = { user: 'ben', method: 'POST', body, headers } as const;
      return (await stage.call('/api/finance/expenses', call)).status;
    };
    expect(await ask()).to.equal(403);
    const end = Date.now() + 1500;
    const args: GrantUntilArgs = {
      user: 'ben',
      company: 'acme',
      keys: [PERMISSION],
      all: false,
      actor: 'max',
      until: new Date(end).toISOString(),
    };
    const { ends: told } = await grantOperation({ db } as Platform, args);
    expect(told).to.deep.equal({ [PERMISSION]: args.until });
    await until(async () => (await ask()) !== 403);
    const versions = await version();
    let lastAllowed = 0;
    await until(async () => {
      const asked = Date.now();
      const status = await ask();
      if (status !== 403) lastAllowed = asked;
      return status === 403;
    });
    expect(lastAllowed).to.be.below(end + 1000);
    expect(Date.now()).to.be.at.least(end);
    expect(await version()).to.equal(versions);
  });
});
