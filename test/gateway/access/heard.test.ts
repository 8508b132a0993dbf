import { expect } from 'chai';
import { grant, revoke } from '../../../platform/auth/memberships.ts';
import { COMPANY, openStage, USER, type Stage } from '../../support/stage.ts';

describe('a change the gateway was told to hear of', () => {
  let stage: Stage;
  before(async () => (stage = await openStage()));
  after(() => stage.close());

  it('is what the very next request is judged by, ten times in a row', async () => {
    const member = { userId: USER.ben, companyId: COMPANY.acme };
    const keys = { modules: [], permissions: ['finance.expense.view'] };
    const status = async () => (await stage.call('/api/finance/expenses', { user: 'ben' })).status;
    expect(await status()).to.equal(200);
    for (let turn = 0; turn < 5; turn += 1) {
      await revoke(stage.db, member, keys, 'test');
      await stage.gateway.changesAreHeard();
      expect(await status()).to.equal(403);
      await grant(stage.db, member, keys, 'test');
      await stage.gateway.changesAreHeard();
      expect(await status()).to.equal(200);
    }
  });
});
