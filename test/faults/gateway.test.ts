import { expect } from 'chai';
import { revokeTokens } from '../../platform/auth/memberships.ts';
import { changeAddon } from '../../platform/core/subscriptions.ts';
import { projectFile } from '../../policies/root.ts';
import type { Cluster } from '../support/cluster.ts';
import {
  CLOCK_SET,
  HALF_OPEN,
  HEALTHY,
  NOTIFICATION_LOST,
  PAUSED,
  PAUSED_BRIEFLY,
  type Fault,
} from '../support/faults.ts';
import { openFleet, type Fleet } from '../support/fleet.ts';
import { ownCluster } from '../support/postgres.ts';
import { allAllow, requestOf, revokeUnder, type Revocation } from '../support/revocation.ts';
import { lastAllow, Stream } from '../support/stream.ts';
import { until } from '../support/until.ts';

const ANA = 'aaaaaaaa-0000-4000-8000-000000000001';
const ACME = '11111111-1111-4111-8111-111111111111';
const CLOCK = projectFile('test', 'support', 'clock-shift.js');
const RUN = ['--import', 'tsx', '--import', CLOCK, projectFile('gateway', 'main.ts')];

/** A database beside the one that notifies: whoever listens there hears nothing, as behind a pooler. */
const elsewhere = (url: string) => Object.assign(new URL(url), { pathname: '/template1' }).href;

describe('revocation at three gateways: what they hear by, and what they run on', () => {
  let cluster: Cluster;
  let fleet: Fleet;
  let stream: Stream;

  before(async function () {
    this.timeout(120_000);
    cluster = await ownCluster(this);
    fleet = await openFleet({ url: cluster.url, run: RUN });
    const request = await requestOf({ fleet, cluster });
    stream = new Stream({ ...request, urls: fleet.members.map(({ url }) => url), everyMs: 20 });
  });
  after(async function () {
    this.timeout(30_000);
    await stream?.stop();
    await fleet?.close();
    cluster?.remove();
  });

  const CASES: [string, Fault, number][] = [
    ['healthy', HEALTHY, 1000],
    ['a notification is lost', NOTIFICATION_LOST, 2000],
    ['listeners are half-open', HALF_OPEN, 2000],
    ['a gateway stands still', PAUSED, 2000],
    ['a gateway stands still for a moment', PAUSED_BRIEFLY, 2000],
    ['a clock is set an hour ahead', CLOCK_SET, 2000],
    ['a clock is set two hours back', CLOCK_SET, 2000],
    ['a clock is set right again', CLOCK_SET, 2000],
  ];

  const expectRefused = ({ lastAllowMs, refusals }: Revocation, mostMs: number) => {
    expect(Math.max(...lastAllowMs)).to.be.at.most(mostMs);
    expect([403, 503]).to.include.members(refusals);
  };

  for (const [what, fault, mostMs] of CASES) {
    it(`${what}: refused within ${mostMs} ms everywhere, then never allowed; a grant is seen again`, async () => {
      expectRefused(await revokeUnder(fault, { fleet, cluster }, stream), mostMs);
    });
  }

  it('time is a change: a trial that ends by itself ends on its second, with no event', async () => {
    const addon = await fleet
      .db('core.company_addons')
      .where({ company_id: ACME, addon_key: 'finance' })
      .first('id');
    const trial = { status: 'trial', startsAt: new Date('2024-01-01T00:00:00Z') } as const;
    const endsAt = new Date(Date.now() + 1500);
    await changeAddon(fleet.db, addon.id, { ...trial, endsAt }, 'test');
    const end = performance.now() + endsAt.getTime() - Date.now();
    await allAllow(stream);
    stream.clear();
    const changes = await countChanges();
    await until(() => stream.allAnswer(end + 100, 403));
    expect(await countChanges()).to.equal(changes);
    for (const asked of stream.asked) {
      const [allowed, refused] = [200, 403].map((wanted) => asked.filter(({ status }) => status === wanted));
      expect(Math.max(...allowed!.map(({ sent }) => sent)), 'allowed too long').to.be.within(0, end + 100);
      expect(Math.min(...refused!.map(({ answered }) => answered)), 'refused too early').to.be.above(
        end - 100,
      );
    }
    await changeAddon(fleet.db, addon.id, { ...trial, status: 'active', endsAt: null }, 'test');
    await allAllow(stream);
  });

  it('ended sessions: every older token of the user is a 401 everywhere', async () => {
    const authorization = `Bearer ${await fleet.token(ANA, { tokenVersion: 1 })}`;
    const hers = new Stream({
      path: '/api/finance/expenses',
      headers: { authorization, 'x-org': ACME },
      urls: fleet.members.map(({ url }) => url),
      everyMs: 20,
    });
    try {
      await allAllow(hers);
      await revokeTokens(fleet.db, ANA, 'test');
      const commit = performance.now();
      await until(() => hers.allAnswer(commit, 401));
      for (const asked of hers.asked) expect(lastAllow(asked, commit)).to.be.at.most(1000);
    } finally {
      await hers.stop();
    }
  });

  it('a listener hears nothing from the start, as behind a pooler: what is polled is the truth', async function () {
    this.timeout(60_000);
    const env = { DATABASE_LISTEN_URL: elsewhere(cluster.url) };
    const deaf = await openFleet({ url: cluster.url, size: 1, env });
    const other = new Stream({
      ...(await requestOf({ fleet: deaf, cluster })),
      urls: deaf.members.map(({ url }) => url),
      everyMs: 20,
    });
    try {
      expectRefused(await revokeUnder(HEALTHY, { fleet: deaf, cluster }, other), 2000);
    } finally {
      await other.stop();
      await deaf.close();
    }
  });

  const countChanges = async () => Number((await fleet.db('core.version_changes').count('* as n'))[0]!['n']);
});
