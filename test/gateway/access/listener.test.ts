import { expect } from 'chai';
import { pino } from 'pino';
import { registerModules } from '../../../cli/operations/apply-catalog.ts';
import { Listener } from '../../../gateway/access/listener.ts';
import { grant, revoke } from '../../../platform/auth/memberships.ts';
import { ACTOR, newMember } from '../../platform/fixtures.ts';
import { serverDatabase, type TestDatabase } from '../../support/databases.ts';
import { openProxy, type Proxy } from '../../support/proxy.ts';
import { until } from '../../support/until.ts';

describe('the listener, on a PostgreSQL server', () => {
  let database: TestDatabase & { url: string };
  let proxy: Proxy;
  let listener: Listener;
  const told = { notices: 0, lost: 0 };

  before(async function () {
    this.timeout(60_000);
    database = await serverDatabase(this);
    await registerModules(database.db);
    proxy = await openProxy(database.url);
    listener = new Listener({
      url: proxy.url,
      db: database.db,
      timeoutMs: 1000,
      log: pino({ level: 'silent' }),
      onNotice: () => (told.notices += 1),
      onLost: () => (told.lost += 1),
    });
    await listener.start();
    await until(() => listener.alive);
  });
  after(async () => {
    listener?.stop();
    proxy?.close();
    await database?.drop();
  });

  it('is told once of every transaction that changed something, and of none that was taken back', async () => {
    const changed = async () =>
      Number((await database.db('core.version_changes').countDistinct({ n: 'txid' }).first())!['n']);
    const before = { changed: await changed(), notices: told.notices };
    const member = await newMember(database.db);
    const keys = { modules: ['finance'], permissions: ['finance.expense.view'] };
    const taken = database.db.transaction(async (trx) => {
      const { userId: user_id, companyId: company_id } = member;
      await trx('auth.module_grants').insert({ user_id, company_id, module_key: 'ai' });
      throw new Error('no');
    });
    expect(await taken.catch((error: Error) => error.message)).to.equal('no');
    for (const change of [grant, revoke]) await change(database.db, member, keys, ACTOR);
    const made = (await changed()) - before.changed;
    expect(made).to.be.at.least(3);
    await until(() => told.notices >= before.notices + made);
    expect(told.notices).to.equal(before.notices + made);
  });

  for (const [how, harm, mend] of [
    [
      'its connection is ended',
      () =>
        database.db.raw(
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'kisum listener' and datname = current_database()`,
        ),
      () => {},
    ],
    ['its connection is half-open: well to look at, and silent', () => proxy.hold(), () => proxy.heal()],
  ] as const) {
    it(`says that notices may be lost when ${how}, listens again, and looks what was missed`, async () => {
      const before = { ...told };
      await harm();
      await until(() => told.lost === before.lost + 1);
      expect(listener.alive).to.equal(false);
      mend();
      await until(() => listener.alive);
      expect(told.notices).to.be.greaterThan(before.notices);
    });
  }
});
