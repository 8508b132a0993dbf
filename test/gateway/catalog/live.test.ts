import { expect } from 'chai';
import { openStage, type Stage } from '../../support/stage.ts';
import { until } from '../../support/until.ts';

/** A route the database takes and the gateway does not: nobody knows this type of parameter. */
const BAD = {
  id: 'promoter.event.odd',
  service_key: 'promoter',
  method: 'GET',
  path: '/api/promoter/odd/{id:nonsense}',
  access: 'authenticated',
};

describe('a running gateway and the catalog', () => {
  let stage: Stage;
  before(async () => (stage = await openStage()));
  after(() => stage.close());

  const ready = async () =>
    (await (await fetch(`${stage.gateway.adminUrl}/readyz`)).json()) as {
      status: string;
      catalogVersion: number;
      checks: { catalog: { status: string } };
    };
  const newest = async () =>
    Number((await stage.db('core.catalog_version').first<{ version: unknown }>('version')).version);

  it('takes up a new one without a restart', async () => {
    expect((await stage.call('/api/promoter/now')).status).to.equal(404);
    const route = { ...BAD, id: 'promoter.event.now', path: '/api/promoter/now' };
    await stage.db('core.routes').insert(route);
    await until(async () => (await stage.call('/api/promoter/now')).status === 200);
    expect(await ready()).to.include({ status: 'ready', catalogVersion: await newest() });
  });

  it('keeps the last good one where the newest cannot be served, and says so, until there is a better', async () => {
    const good = (await ready()).catalogVersion;
    await stage.db('core.routes').insert(BAD);
    await until(async () => (await ready()).status === 'degraded');
    const state = await ready();
    expect([state.catalogVersion, state.checks.catalog.status]).to.deep.equal([good, 'degraded']);
    expect((await stage.call('/api/promoter/now')).status).to.equal(200);
    const refusals = stage.lines.filter(({ msg }) => msg === 'catalog refused, the last good one stays');
    expect(refusals).to.have.length(1);
    expect(refusals[0])
      .to.include({ catalogVersion: good })
      .and.have.nested.property('err.message')
      .that.includes(BAD.id);

    await stage.db('core.routes').where({ id: BAD.id }).delete();
    await until(async () => (await ready()).status === 'ready');
    expect((await ready()).catalogVersion).to.equal(await newest());
  });
});
