import { expect } from 'chai';
import { discoverManifests } from '../../modules/manifest/discover.ts';
import { readAccess } from '../../platform/auth/access.ts';
import { readCatalog } from '../../platform/core/catalog.ts';
import type { Database } from '../../platform/database/database.ts';
import { DEMO_COMPANIES, DEMO_USERS, seedDemo } from '../../platform/demo.ts';
import { embeddedDatabase, type TestDatabase } from '../support/databases.ts';
import { register } from './fixtures.ts';

describe('demo data', () => {
  let test: TestDatabase;
  const database = (): Database => test.db;
  const person = (name: string): string => DEMO_USERS.find((user) => user.name === name)!.id;
  const company = (name: string): string => DEMO_COMPANIES.find((one) => one.name === name)!.id;
  const accessOf = (user: string, at: string) => readAccess(database(), person(user), company(at));

  before(async () => {
    test = await embeddedDatabase();
    const manifests = discoverManifests().map(({ manifest }) => manifest);
    await register(database(), ...manifests);
    expect(await seedDemo(database())).to.equal(true);
  });
  after(() => test.drop());

  it('has the companies of the contract, with what they bought', async () => {
    const bought = async (user: string, at: string) => {
      const { subscriptions, addons } = (await accessOf(user, at)).facts;
      return [
        ...subscriptions.map((one) => `${one.package} ${one.status}`),
        ...addons.map((one) => one.addon),
      ];
    };
    expect(DEMO_COMPANIES.map(({ id, name }) => `${id} ${name}`)).to.deep.equal([
      '11111111-1111-4111-8111-111111111111 Acme',
      '22222222-2222-4222-8222-222222222222 Bluenote',
      '33333333-3333-4333-8333-333333333333 Solo',
      '44444444-4444-4444-8444-444444444444 Lapsed',
    ]);
    expect(await bought('Ana', 'Acme')).to.deep.equal(['basic_promoter active', 'ai', 'finance', 'touring']);
    expect(await bought('Cleo', 'Bluenote')).to.deep.equal(['basic_venue active', 'ai']);
    expect(await bought('Sol', 'Solo')).to.deep.equal(['basic_artist active']);
    expect(await bought('Lee', 'Lapsed')).to.deep.equal(['basic_vendor expired', 'finance']);
  });

  it('has two business units at Acme, and nobody limited to any', async () => {
    const units = await database()('core.business_units').orderBy('key').pluck<string[]>('key');
    expect(units).to.deep.equal(['berlin', 'rotterdam']);
    expect(await database()('auth.memberships').where({ limited: true })).to.deep.equal([]);
  });

  it('has the people of the contract, with what they were granted', async () => {
    expect(DEMO_USERS.map(({ id, name }) => `${id.slice(-1)} ${name}`)).to.deep.equal([
      '1 Ana',
      '2 Ben',
      '3 Cleo',
      '4 Drew',
      '5 Lee',
      '6 Sol',
    ]);
    const ben = await accessOf('Ben', 'Acme');
    expect([ben.role?.key, ben.facts.modules, ben.facts.permissions]).to.deep.equal([
      'MEMBER',
      ['finance'],
      ['finance.expense.view'],
    ]);
    const cleo = await accessOf('Cleo', 'Acme');
    expect([cleo.role?.key, cleo.facts.modules, cleo.facts.permissions]).to.deep.equal([
      'MEMBER',
      ['promoter'],
      ['promoter.event.view'],
    ]);
    expect((await accessOf('Drew', 'Acme')).facts.membership).to.equal(null);
    const { data } = await readCatalog(database());
    for (const [admin, at] of [
      ['Ana', 'Acme'],
      ['Cleo', 'Bluenote'],
      ['Lee', 'Lapsed'],
      ['Sol', 'Solo'],
    ] as const) {
      const { role, facts } = await accessOf(admin, at);
      expect(role?.key).to.equal('ADMIN');
      expect(facts.modules).to.have.members(Object.keys(data.modules));
      expect(facts.permissions).to.have.members(Object.keys(data.permissions));
    }
  });

  it('is never written over what changed since', async () => {
    await database()('auth.users')
      .where({ id: person('Drew') })
      .update({ name: 'Andrew' });
    expect(await seedDemo(database())).to.equal(false);
    expect(
      await database()('auth.users')
        .where({ id: person('Drew') })
        .first('name'),
    ).to.deep.equal({ name: 'Andrew' });
  });

  it('does not exist in production', async () => {
    process.env['NODE_ENV'] = 'production';
    const refused = await seedDemo(database()).catch((error: Error) => error.message);
    delete process.env['NODE_ENV'];
    expect(refused).to.match(/no place in production/);
  });
});
