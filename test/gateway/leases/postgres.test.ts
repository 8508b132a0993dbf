import { expect } from 'chai';
import { grantPermission, revokePermission } from '../../../platform/auth/memberships.ts';
import { openDatabase } from '../../../platform/database/database.ts';
import { serverDatabase, type TestDatabase } from '../../support/databases.ts';
import { openProxy, type Proxy } from '../../support/proxy.ts';
import { COMPANY, USER } from '../../support/stage.ts';
import { openStreamStage, STREAM_KINDS, type StreamStage } from '../../support/streams.ts';
import { until } from '../../support/until.ts';

const VIEW = 'finance.expense.view';
const BY = 'test';
const ben = { userId: USER.ben, companyId: COMPANY.acme };

describe('a lease, on a PostgreSQL server', () => {
  let database: TestDatabase & { url: string };
  let proxy: Proxy;
  let stage: StreamStage;

  before(async function () {
    this.timeout(60_000);
    database = await serverDatabase(this);
    proxy = await openProxy(database.url);
    const db = await openDatabase({ url: proxy.url }, { timeoutMs: 300 });
    stage = await openStreamStage({
      database: { db, drop: () => db.destroy() },
      env: { ACCESS_MAX_STALENESS_MS: '500', DB_TIMEOUT_MS: '300' },
    });
  });
  after(async () => {
    proxy?.heal();
    await stage?.close();
    proxy?.close();
    await database?.drop();
  });
  afterEach(() => until(() => stage.held.size === 0));

  it('ends with the right to it, whoever took it', async () => {
    const streams = await Promise.all(STREAM_KINDS.map((kind) => stage.open(kind)));
    await revokePermission(database.db, ben, VIEW, BY);
    expect(await Promise.all(streams.map(({ ended }) => ended))).to.deep.equal([
      '1008 forbidden: permission_missing',
      'broken',
      'broken',
      '403 permission_missing',
    ]);
    await grantPermission(database.db, ben, VIEW, BY);
    await stage.gateway.changesAreHeard();
  });

  for (const fault of ['cut', 'hold'] as const) {
    it(`ends when nothing proves it any more (the database is ${fault === 'cut' ? 'gone' : 'silent'}), and can be had again`, async () => {
      const streams = await Promise.all(STREAM_KINDS.map((kind) => stage.open(kind)));
      proxy[fault]();
      expect(await Promise.all(streams.map(({ ended }) => ended))).to.deep.equal([
        '1013 service_unavailable',
        'broken',
        'broken',
        '503 service_unavailable',
      ]);
      const line = stage.lines.findLast((it) => it['cut'] === 'websocket');
      expect(line).to.include({ result: 'failed', code: 'service_unavailable' });
      proxy.heal();
      await until(async () => {
        const again = await stage.open('websocket');
        const flows = await again.flows();
        again.leave();
        return flows;
      });
    });
  }
});
