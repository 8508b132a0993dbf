import { expect } from 'chai';
import { pino } from 'pino';
import { CatalogKeeper } from '../../../gateway/catalog/keeper.ts';
import { loadBundle } from '../../../policies/engine/bundle.ts';
import { registerModules } from '../../../cli/operations/apply-catalog.ts';
import { embeddedDatabase, type TestDatabase } from '../../support/databases.ts';
import { until } from '../../support/until.ts';

describe('the keeper of the catalog', () => {
  let database: TestDatabase;
  let keeper: CatalogKeeper;
  let down = false;

  before(async () => {
    database = await embeddedDatabase();
    await registerModules(database.db);
    const db = new Proxy(database.db, {
      get: (target, name, receiver) => {
        if (name === 'raw' && down) return () => Promise.reject(new Error('the database is down'));
        return Reflect.get(target, name, receiver) as unknown;
      },
    });
    const options = { db, log: pino({ level: 'silent' }) };
    keeper = new CatalogKeeper({ ...options, upstreams: { finance: 'http://127.0.0.1:1', __proto__: 'x' } });
    await keeper.usePolicy(await loadBundle());
  });
  after(() => database.drop());

  it('has none until one was loaded: 503', () => {
    expect(() => keeper.current)
      .to.throw()
      .that.includes({ status: 503 });
  });

  it('loads once for all who ask at the same time', async () => {
    await Promise.all([keeper.reload(), keeper.reload(), keeper.reload(1)]);
    const { current } = keeper;
    await keeper.reload(current.version);
    expect(keeper.current).to.equal(current);
    await keeper.reload();
    expect(keeper.current).to.equal(current);
    expect(current.services.get('finance')).to.equal('http://127.0.0.1:1');
    expect(current.services.get('promoter')).to.equal(null);
  });

  it('forgets a failure that passed, although the catalog is still the same', async () => {
    down = true;
    await keeper.reload();
    expect(keeper.failure).to.be.instanceOf(Error);
    expect(keeper.loaded).to.equal(true);
    down = false;
    await until(() => keeper.failure === undefined);
  });
});
