import { expect } from 'chai';
import { entitle } from '../../cli/operations/entitlements.ts';
import { grant } from '../../cli/operations/grants.ts';
import type { Platform } from '../../cli/operations/platform.ts';
import type { Remedy } from '../../policies/contract.ts';
import { changeMembership } from '../../platform/auth/memberships.ts';
import { COMPANY, openStage, USER, type CallOptions, type Stage } from '../support/stage.ts';

interface Refused {
  error: { reasons: string[]; remedies: Remedy[] };
}

describe('remedies', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => (stage = await openStage()));
  after(() => stage.close());

  const refused = async (path: string, options: CallOptions): Promise<Refused['error']> => {
    const response = await stage.call(path, options);
    expect(response.status).to.equal(403);
    return ((await response.json()) as Refused).error;
  };
  const platform = () => ({ db: stage.db }) as Platform;
  /** Does what a remedy says, with the commands a tenant's people have. */
  const apply = async (
    { addon, packages = [], module, permission, type }: Remedy,
    user: string,
    company: string,
  ) => {
    const item = addon ?? packages[0];
    if (item) await entitle(platform(), { company, item, until: null, trial: false, actor: 'max' });
    else if (type.startsWith('grant_'))
      await grant(platform(), { user, company, keys: [module ?? permission!], all: false, actor: 'max' });
  };

  const CASES: { what: string; path: string; options: CallOptions; types: string[] }[] = [
    {
      what: 'a permission is missing',
      path: '/api/finance/expenses',
      options: { user: 'ben', method: 'POST', body: '{}' },
      types: ['grant_permission'],
    },
    {
      what: 'module and permission are missing',
      path: '/api/touring/tours',
      options: { user: 'ben' },
      types: ['grant_module', 'grant_permission'],
    },
    {
      what: 'the base is over',
      path: '/api/finance/expenses',
      options: { user: 'lee', company: 'lapsed' },
      types: ['renew_subscription'],
    },
    {
      what: 'the add-on was never bought',
      path: '/api/finance/expenses',
      options: { user: 'sol', company: 'solo' },
      types: ['add_addon'],
    },
  ];
  for (const { what, path, options, types } of CASES) {
    it(`where ${what}, what is told is enough, and the very next request passes`, async () => {
      const { remedies } = await refused(path, options);
      expect(remedies.map(({ type }) => type)).to.deep.equal(types);
      for (const remedy of remedies) {
        await stage.gateway.changesAreHeard();
        expect((await stage.call(path, options)).status, `without ${remedy.type}`).to.equal(403);
        await apply(remedy, options.user!, options.company ?? 'acme');
      }
      await stage.gateway.changesAreHeard();
      expect((await stage.call(path, options)).status).to.equal(200);
    });
  }

  it('are told to no stranger: a company that exists and one that does not answer alike', async () => {
    const there = await refused('/api/finance/expenses', { user: 'drew' });
    const nowhere = await refused('/api/finance/expenses', {
      user: 'drew',
      company: null,
      headers: { 'x-org': '99999999-9999-4999-8999-999999999999' },
    });
    expect(there.remedies).to.deep.equal([]);
    const { reasons, remedies } = nowhere;
    expect({ reasons, remedies }).to.deep.equal({ reasons: there.reasons, remedies: there.remedies });
  });

  it('are not told to a member who was suspended', async () => {
    const member = { userId: USER.cleo, companyId: COMPANY.acme };
    await changeMembership(stage.db, member, { role: 'MEMBER', status: 'suspended' }, 'max');
    await stage.gateway.changesAreHeard();
    const { reasons, remedies } = await refused('/api/finance/expenses', { user: 'cleo' });
    expect({ reasons, remedies }).to.deep.equal({ reasons: ['membership_inactive'], remedies: [] });
  });

  it('speak of the own company and the price list alone', async () => {
    const { remedies } = await refused('/api/venue/venues', { user: 'ana' });
    const told = JSON.stringify(remedies);
    expect(remedies).to.have.length(1);
    for (const word of [
      ...Object.values(COMPANY),
      ...Object.values(USER),
      'Bluenote',
      'data.',
      'input.',
      'kisum.',
    ])
      expect(told).to.not.include(word);
  });
});
