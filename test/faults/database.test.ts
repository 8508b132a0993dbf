import { expect } from 'chai';
import type { Cluster } from '../support/cluster.ts';
import {
  exhausted,
  FAILED_OVER,
  takeOver,
  RESTARTED,
  SLOW,
  TOO_SLOW,
  type Fault,
  type Victims,
} from '../support/faults.ts';
import { openFleet } from '../support/fleet.ts';
import { ownCluster } from '../support/postgres.ts';
import {
  allAllow,
  grantAgain,
  grantHereAlone,
  requestOf,
  revoke,
  revokeUnder,
} from '../support/revocation.ts';
import { Stream } from '../support/stream.ts';
import { until } from '../support/until.ts';

describe('revocation at three gateways: what happens to the database', () => {
  let victims: Victims;
  let stream: Stream;
  const clusters: Cluster[] = [];

  before(async function () {
    this.timeout(120_000);
    const cluster = await ownCluster(this, ['max_connections=40']);
    clusters.push(cluster);
    victims = { cluster, fleet: await openFleet({ url: cluster.url }) };
    const urls = victims.fleet.members.map(({ url }) => url);
    stream = new Stream({ ...(await requestOf(victims)), urls, everyMs: 20 });
  });
  after(async function () {
    this.timeout(30_000);
    await stream?.stop();
    await victims?.fleet.close();
    clusters.forEach((cluster) => cluster.remove());
  });

  const follow = async () => {
    victims.standby = await victims.cluster.openStandby();
    clusters.push(victims.standby);
  };

  const CASES: [string, Fault][] = [
    ['it answers 300 ms late', SLOW],
    ['it answers later than anybody waits', TOO_SLOW],
    ['others have all its connections', exhausted()],
    ['it is killed after the commit, and starts again', RESTARTED],
  ];
  for (const [what, fault] of CASES) {
    it(`${what}: refused within 2 s everywhere, then never allowed; a grant is seen again`, async () => {
      const { lastAllowMs, refusals } = await revokeUnder(fault, victims, stream);
      expect(Math.max(...lastAllowMs)).to.be.at.most(2000);
      expect([403, 503]).to.include.members(refusals);
    });
  }

  it('it is killed after the commit, and its synchronous standby takes over: the same', async () => {
    await follow();
    const { lastAllowMs, refusals } = await revokeUnder(FAILED_OVER, victims, stream);
    expect(Math.max(...lastAllowMs)).to.be.at.most(2000);
    expect([403, 503]).to.include.members(refusals);
  });

  it('what a failover undoes is not remembered: access goes back with the versions', async () => {
    await follow();
    await revoke(victims);
    const revoked = performance.now();
    await until(() => stream.allAnswer(revoked, 403));
    // The standby hears no more, so this grant is only on the server that is about to die.
    await victims.standby!.stop();
    await grantHereAlone(victims);
    await allAllow(stream);
    // Until every gateway has polled past it: whatever it polls again it would forget for that alone.
    const seen = performance.now();
    await until(() => performance.now() > seen + 400);
    await victims.cluster.stop('immediate');
    await victims.standby!.start();
    await takeOver(victims);
    const over = performance.now();
    await until(() => stream.allAnswer(over, 403));
    await grantAgain(victims);
    await allAllow(stream);
  });
});
