import { expect } from 'chai';
import { addAddon } from '../../platform/core/subscriptions.ts';
import { embeddedDatabase, serverDatabase, type TestDatabase } from '../support/databases.ts';
import { COMPANY } from '../support/stage.ts';
import { openWorld, type World } from '../support/world.ts';

const expense = (eventId: string) => ({
  amount: '120.50',
  currency: 'EUR',
  date: '2027-01-01',
  category: 'stage',
  unit: 'rotterdam',
  event_id: eventId,
});

function suite(open: (test: Mocha.Context) => Promise<TestDatabase>): void {
  let world: World;
  let event: { acme: string; bluenote: string };

  before(async function () {
    const database = await open(this);
    const { db } = database;
    world = await openWorld(database);
    await addAddon(
      db,
      COMPANY.bluenote,
      'finance',
      { status: 'active', startsAt: new Date('2020-01-01'), endsAt: null },
      'test',
    );
    const add = async (company: string) => {
      const row = { company_id: company, name: 'Opening night', starts_at: new Date('2027-01-01') };
      const [added] = await db('promoter.event').insert(row, 'id');
      return (added as { id: string }).id;
    };
    event = { acme: await add(COMPANY.acme), bluenote: await add(COMPANY.bluenote) };
  });
  after(() => world?.close());

  it('finance reads the events of a company that has promoter', async () => {
    const created = await world.call('ana', COMPANY.acme, '/api/finance/expenses', expense(event.acme));
    expect(created.status, await created.clone().text()).to.equal(201);
    const { data } = (await created.json()) as { data: { id: string } };
    const expanded = await world.call('ana', COMPANY.acme, `/api/finance/expenses/${data.id}?expand=event`);
    expect(await expanded.json()).to.have.nested.property('data.event.name', 'Opening night');
  });

  it('and of one that has not, while its people still cannot', async () => {
    const created = await world.call(
      'cleo',
      COMPANY.bluenote,
      '/api/finance/expenses',
      expense(event.bluenote),
    );
    expect(created.status, await created.clone().text()).to.equal(201);
    const direct = await world.call('cleo', COMPANY.bluenote, '/api/promoter/events');
    expect(direct.status).to.equal(403);
  });

  it("but never another company's", async () => {
    const refused = await world.call('cleo', COMPANY.bluenote, '/api/finance/expenses', expense(event.acme));
    expect(refused.status, await refused.clone().text()).to.equal(400);
    expect(await refused.json()).to.have.nested.property('error.code', 'validation_error');
  });
}

describe('finance reads events by the module-to-Base rule', () => {
  describe('on the embedded database', () => suite(embeddedDatabase));
  describe('on a real server', () => suite((test) => serverDatabase(test)));
});
