import { expect } from 'chai';
import { pino } from 'pino';
import { CatalogKeeper } from '../../../gateway/catalog/keeper.ts';
import { loadBundle, openFiles } from '../../../policies/engine/bundle.ts';
import { registerModules } from '../../../cli/operations/apply-catalog.ts';
import { embeddedDatabase, type TestDatabase } from '../../support/databases.ts';
import { policyMarked } from '../../support/policies.ts';
import { until } from '../../support/until.ts';

const EMPTY_MODULE = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

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

  it('a new catalog and a new policy at the same time: neither is lost', async () => {
    for (let turn = 0; turn < 4; turn += 1) {
      const policy = await openFiles(await policyMarked(`turn ${turn}`), { verifyKeys: null });
      const id = `promoter.turn${turn}`;
      await database.db('core.routes').insert({
        id,
        service_key: 'promoter',
        method: 'GET',
        path: `/api/promoter/turn${turn}`,
        access: 'authenticated',
      });
      const changes = [() => keeper.reload(), () => keeper.usePolicy(policy)];
      await Promise.all((turn % 2 ? changes : changes.toReversed()).map((change) => change()));
      const { engine, routes } = keeper.current;
      expect(engine.revision).to.equal(policy.revision);
      expect(routes.find('GET', `/api/promoter/turn${turn}`)?.route.id).to.equal(id);
      expect(engine.decide({ route: id, authenticated: true, caller: null, access: null })).to.deep.equal({
        allow: true,
        reason: null,
      });
    }
  });

  it('a policy that does not work leaves the snapshot as it is, and so does a candidate', async () => {
    const { current } = keeper;
    const { module } = await loadBundle();
    const wrong = { revision: 'wrong', module: await WebAssembly.compile(EMPTY_MODULE) };
    const fails = (change: Promise<void>) =>
      change.then(
        () => false,
        () => true,
      );
    expect(await fails(keeper.usePolicy(wrong))).to.equal(true);
    expect(await fails(keeper.useShadow(() => Promise.reject(new Error('no'))))).to.equal(true);
    expect(keeper.current).to.equal(current);
    await keeper.usePolicy({ revision: 'right', module });
    expect(keeper.current.engine.revision).to.equal('right');
    expect(keeper.current.routes).to.equal(current.routes);
    expect(keeper.current.decisions).to.not.equal(current.decisions);
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
