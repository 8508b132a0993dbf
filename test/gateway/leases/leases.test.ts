import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { channel } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { expect } from 'chai';
import { packArchive } from '../../../policies/engine/archive.ts';
import {
  addMembership,
  changeMembership,
  grantModule,
  grantPermission,
  removeMembership,
  revokeModule,
  revokePermission,
  revokeTokens,
} from '../../../platform/auth/memberships.ts';
import { changeAddon, changeSubscription } from '../../../platform/core/subscriptions.ts';
import { place, policyMarked, policyWithout } from '../../support/policies.ts';
import { COMPANY, USER } from '../../support/stage.ts';
import { openStreamStage, STREAM_KINDS, type Stream, type StreamStage } from '../../support/streams.ts';
import { signToken } from '../../support/token.ts';
import { until } from '../../support/until.ts';

const BY = 'test';
const VIEW = 'finance.expense.view';
const ben = { userId: USER.ben, companyId: COMPANY.acme };
const since = new Date('2024-01-01T00:00:00Z');

const CUT = {
  websocket: '1008 forbidden: permission_missing',
  events: 'broken',
  download: 'broken',
  pending: '403 permission_missing',
};

describe('a lease', () => {
  let stage: StreamStage;
  let folder: string;
  let bundle: string;
  /** Of somebody nothing here concerns. */
  let others: Stream[];
  const streams: Stream[] = [];

  before(async function () {
    this.timeout(60_000);
    folder = await mkdtemp(join(tmpdir(), 'kisum-leases-'));
    bundle = join(folder, 'bundle.tar.gz');
    await place(bundle, await packArchive(await policyMarked('at first')));
    stage = await openStreamStage({
      env: { POLICY_BUNDLE: bundle, DECISION_LOG: join(folder, 'decisions') },
    });
    const elsewhere = { user: 'cleo', company: 'bluenote', path: '/api/venue/venues' } as const;
    others = await Promise.all(STREAM_KINDS.map((kind) => stage.open(kind, elsewhere)));
  });
  after(async () => {
    for (const { leave } of others) leave();
    await stage.close();
    await rm(folder, { recursive: true });
  });
  afterEach('nothing is left open, and whoever is not concerned goes on', async () => {
    for (const { leave } of streams.splice(0)) leave();
    for (const stream of others.slice(0, 3)) expect(await stream.flows()).to.equal(true);
    await until(() => stage.held.size === others.length);
  });

  /** Ben as the demo data has him, whatever a test made of him. */
  beforeEach(async () => {
    await removeMembership(stage.db, ben, BY);
    await addMembership(stage.db, ben, { role: 'MEMBER', status: 'active' }, BY);
    await grantModule(stage.db, ben, 'finance', BY);
    await grantPermission(stage.db, ben, VIEW, BY);
    await stage.gateway.changesAreHeard();
  });

  const open: StreamStage['open'] = async (...asked) => {
    const stream = await stage.open(...asked);
    streams.push(stream);
    return stream;
  };
  const lineOf = (code: string) => stage.lines.findLast((line) => line['code'] === code);
  const count = async (kind: string, code: string) =>
    Number(
      new RegExp(`^kisum_leases_cut_total\\{kind="${kind}",code="${code}"\\} (\\d+)$`, 'm').exec(
        await stage.metrics(),
      )?.[1] ?? 0,
    );

  for (const kind of STREAM_KINDS) {
    it(`ends with the right to it, at both ends, and it is said why: ${kind}`, async () => {
      const before = await count(kind, 'forbidden');
      const stream = await open(kind);
      await revokePermission(stage.db, ben, VIEW, BY);
      expect(await stream.ended).to.equal(CUT[kind]);
      await stream.moduleGone;
      expect(lineOf('forbidden')).to.deep.include({
        result: 'denied',
        code: 'forbidden',
        reasons: ['permission_missing'],
        cut: kind,
        userId: USER.ben,
      });
      expect(lineOf('forbidden')).not.to.have.any.keys('err');
      expect(await count(kind, 'forbidden')).to.equal(before + 1);
      // What a client does next is what it would have been told at first.
      const again = await open(kind);
      expect(await again.ended).to.equal(kind === 'websocket' ? '403' : '403 permission_missing');
    });
  }

  it('has the decision that ended it in the decision log, under the id of the line', async () => {
    const { ended } = await open('websocket');
    await revokePermission(stage.db, ben, VIEW, BY);
    await ended;
    await stage.gateway.decisionsAreLogged();
    const events = (await readFile(join(folder, 'decisions'), 'utf8')).split('\n');
    const id = String(lineOf('forbidden')!['decisionId']);
    const event = JSON.parse(events.find((it) => it.includes(`"decision_id":"${id}"`))!) as {
      result: object;
    };
    expect(event.result).to.deep.equal({ allow: false, reason: 'permission_missing' });
  });

  it('goes on through changes that leave its right as it is', async () => {
    const before = stage.lines.length;
    const all = await Promise.all(STREAM_KINDS.map((kind) => open(kind)));
    const version = Number(
      (await stage.db('core.catalog_version').first<{ version: unknown }>('version')).version,
    );
    await grantPermission(stage.db, ben, 'finance.expense.update', BY);
    await revokePermission(stage.db, ben, 'finance.expense.update', BY);
    await stage.db('core.routes').insert({
      id: 'promoter.event.now',
      service_key: 'promoter',
      method: 'GET',
      path: '/api/promoter/now',
      access: 'authenticated',
    });
    await stage.gateway.changesAreHeard();
    await until(() => stage.lines.some((line) => Number(line['catalogVersion']) > version));
    for (const stream of all.slice(0, 3)) expect(await stream.flows()).to.equal(true);
    expect(stage.lines.slice(before).filter((line) => 'cut' in line)).to.deep.equal([]);
    await stage.db('core.routes').where({ id: 'promoter.event.now' }).delete();
  });

  describe('of a WebSocket ends', () => {
    const bearer = async (claims: object) =>
      `Bearer ${await signToken(stage.key, USER.ben, { jti: 'x', ...claims })}`;

    it('with the membership', async () => {
      const { ended } = await open('websocket');
      await removeMembership(stage.db, ben, BY);
      expect(await ended).to.equal('1008 forbidden: no_membership');
    });

    it('with a membership that is suspended', async () => {
      const { ended } = await open('websocket');
      await changeMembership(stage.db, ben, { status: 'suspended' }, BY);
      expect(await ended).to.equal('1008 forbidden: membership_inactive');
    });

    it('with a module grant', async () => {
      const { ended } = await open('websocket');
      await revokeModule(stage.db, ben, 'finance', BY);
      expect(await ended).to.equal('1008 forbidden: module_not_granted');
    });

    it('with what its company bought', async () => {
      const addon = await financeOfAcme();
      const { ended } = await open('websocket');
      await changeAddon(stage.db, addon, { status: 'cancelled', startsAt: since, endsAt: await inMs(0) }, BY);
      expect(await ended).to.equal('1008 forbidden: entitlement_expired');
      await changeAddon(stage.db, addon, { status: 'active', startsAt: since, endsAt: null }, BY);
    });

    it('with a period that ends by the clock alone, and the others of its company go on', async () => {
      const addon = await financeOfAcme();
      await changeAddon(stage.db, addon, { status: 'active', startsAt: since, endsAt: await inMs(700) }, BY);
      await stage.gateway.changesAreHeard();
      const { ended } = await open('websocket');
      const events = await open('websocket', { user: 'ana', path: '/api/promoter/events' });
      expect(await ended).to.equal('1008 forbidden: entitlement_expired');
      expect(await events.flows()).to.equal(true);
      await changeAddon(stage.db, addon, { status: 'active', startsAt: since, endsAt: null }, BY);
    });

    it('with a grant that ends by the clock alone', async () => {
      const row = { user_id: ben.userId, company_id: ben.companyId, permission_key: VIEW };
      await stage
        .db('auth.permission_grants')
        .where(row)
        .update({ ends_at: await inMs(700) });
      await stage.gateway.changesAreHeard();
      const { ended } = await open('websocket');
      expect(await ended).to.equal('1008 forbidden: permission_missing');
    });

    it('with a route that is served no longer', async () => {
      // Its shape is made of the others.
      const route = await stage
        .db('core.routes')
        .where({ method: 'GET', path: '/api/finance/expenses' })
        .first<Record<string, unknown>>();
      delete route['shape'];
      const { ended } = await open('websocket');
      await stage.db('core.routes').where({ id: route['id'] }).delete();
      expect(await ended).to.equal('1008 not_found');
      await stage.db('core.routes').insert(route);
      await stage.gateway.catalogIsCurrent();
    });

    it('with a route that gives its path to another', async () => {
      const routes = () => stage.db('core.routes').where({ method: 'GET', path: '/api/finance/expenses' });
      const { id } = await routes().first<{ id: string }>('id');
      const { ended } = await open('websocket');
      await routes().update({ id: 'finance.expense.other' });
      expect(await ended).to.equal('1008 not_found');
      await routes().update({ id });
      await stage.gateway.catalogIsCurrent();
    });

    it('with the policy that allowed it', async () => {
      const base = await stage
        .db('core.company_subscriptions')
        .where({ company_id: COMPANY.acme })
        .first<{ id: string }>('id');
      const period = { startsAt: since, endsAt: null };
      await changeSubscription(stage.db, base.id, { status: 'past_due', ...period }, BY);
      await stage.gateway.changesAreHeard();
      const { ended } = await open('websocket');
      await place(bundle, await packArchive(await policyWithout('past_due')));
      await stage.gateway.policyIsCurrent();
      expect(await ended).to.equal('1008 forbidden: no_active_base');
      await changeSubscription(stage.db, base.id, { status: 'active', ...period }, BY);
      await place(bundle, await packArchive(await policyMarked('again')));
      await stage.gateway.policyIsCurrent();
    });

    it('with the version of its token, and one without a version goes on', async () => {
      const old = await open('websocket', { authorization: await bearer({ tokenVersion: 1 }) });
      const plain = await open('websocket');
      await revokeTokens(stage.db, USER.ben, BY);
      expect(await old.ended).to.equal('1008 unauthorized');
      expect(lineOf('unauthorized')).to.include({ result: 'denied', cut: 'websocket' });
      expect(await plain.flows()).to.equal(true);
    });
  });

  async function financeOfAcme(): Promise<string> {
    const row = { company_id: COMPANY.acme, addon_key: 'finance' };
    return (await stage.db('core.company_addons').where(row).first<{ id: string }>('id')).id;
  }

  /** By the database's clock. */
  async function inMs(ms: number): Promise<Date> {
    const { rows } = await stage.db.raw<{ rows: { now: Date }[] }>('select statement_timestamp() as now');
    return new Date(rows[0]!.now.getTime() + ms);
  }

  describe('of a POST that was judged', () => {
    const creating = { method: 'POST' } as const;
    const revoked = async () => {
      await grantPermission(stage.db, ben, 'finance.expense.create', BY);
      await stage.gateway.changesAreHeard();
      const stream = await open('pending', creating);
      await revokePermission(stage.db, ben, 'finance.expense.create', BY);
      await stage.gateway.changesAreHeard();
      return stream;
    };

    it('lets its answer through: what it did is done', async () => {
      const stream = await revoked();
      // Judged again and spared, more than once.
      const other = await open('pending');
      await revokePermission(stage.db, ben, VIEW, BY);
      await other.ended;
      stream.answer!.end('{"done":true}');
      expect(await stream.ended).to.equal('whole');
    });

    it('cuts an answer that goes on and on', async () => {
      const stream = await revoked();
      stream.answer!.writeHead(200).write('{');
      expect(await stream.ended).to.equal('broken');
      await stream.moduleGone;
    });
  });

  it('leaves nothing behind on a connection that is kept', async () => {
    const started = channel('http.server.request.start');
    const kept = new Set<Socket>();
    const onStart = (message: unknown) => {
      const { socket, request } = message as { socket: Socket; request: { url: string } };
      if (request.url.includes('kind=pending')) kept.add(socket);
    };
    started.subscribe(onStart);
    const counts: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const stream = await open('pending');
      await revokePermission(stage.db, ben, VIEW, BY);
      expect(await stream.ended).to.equal('403 permission_missing');
      await grantPermission(stage.db, ben, VIEW, BY);
      await stage.gateway.changesAreHeard();
      counts.push(Math.max(...[...kept].map((socket) => socket.listenerCount('close'))));
    }
    started.unsubscribe(onStart);
    expect(new Set(counts).size, String(counts)).to.equal(1);
    expect(await stage.metrics()).to.include(`kisum_active_requests ${others.length}`);
  });
});
