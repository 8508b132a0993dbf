import type { Socket } from 'node:net';
import { expect } from 'chai';
import { grantPermission, revokePermission, revokeTokens } from '../../platform/auth/memberships.ts';
import { rawRequest } from '../support/raw.ts';
import { COMPANY, USER } from '../support/stage.ts';
import { openStreamStage, STREAM_KINDS, type StreamStage } from '../support/streams.ts';
import { signToken } from '../support/token.ts';
import { until } from '../support/until.ts';
import { openWire, type Wire } from '../support/wire.ts';

const EXPENSES = '/api/finance/expenses';
const VIEW = 'finance.expense.view';
const BY = 'test';
const APP = 'https://app.example';
const ben = { userId: USER.ben, companyId: COMPANY.acme };
const HANDSHAKE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
};

describe('an open stream outlives its revocation', () => {
  let stage: StreamStage;
  let identity: Record<string, string>;
  const wires: Wire[] = [];
  before(async function () {
    this.timeout(60_000);
    stage = await openStreamStage({ env: { CORS_ORIGINS: APP } });
    identity = { authorization: `Bearer ${await stage.token('ben')}`, 'x-org': COMPANY.acme };
  });
  after(() => stage.close());
  beforeEach(async () => {
    await grantPermission(stage.db, ben, VIEW, BY);
    await stage.gateway.changesAreHeard();
  });
  afterEach('never: no module holds anything of it', async () => {
    await until(() => stage.held.size === 0);
    for (const { socket } of wires.splice(0)) socket.destroy();
  });

  const revoked = async () => {
    await revokePermission(stage.db, ben, VIEW, BY);
    await stage.gateway.changesAreHeard();
  };
  let numbers = 1_000_000;
  async function wireTo(kind: string, headers: Record<string, string>, halfOpen = false): Promise<Wire> {
    const wire = await openWire(stage.gateway.url, { allowHalfOpen: halfOpen });
    wires.push(wire);
    const before = stage.held.size;
    wire.socket.write(
      rawRequest(`${EXPENSES}?kind=${kind}&n=${(numbers += 1)}`, { ...identity, ...headers }),
    );
    await until(() => stage.held.size > before);
    return wire;
  }

  it('by ignoring the goodbye and talking on: the module hears no more, and the socket goes', async () => {
    const heard: string[] = [];
    const onUpgrade = (_: unknown, socket: Socket) =>
      socket.on('data', (data: Buffer) => heard.push(String(data)));
    stage.backend.server.on('upgrade', onUpgrade);
    const wire = await wireTo('websocket', HANDSHAKE, true);
    await wire.until(/101 Switching/);
    await revoked();
    await wire.until(/forbidden: permission_missing/);
    const talk = setInterval(() => wire.socket.write('still here'), 10);
    await wire.closed;
    clearInterval(talk);
    stage.backend.server.off('upgrade', onUpgrade);
    expect(heard).to.deep.equal([]);
  });

  for (const kind of ['events', 'download']) {
    it(`by not reading: ${kind}`, async () => {
      const wire = await wireTo(kind, {});
      await wire.until(/data: x/);
      wire.socket.pause();
      await revoked();
      await until(() => stage.held.size === 0);
      wire.socket.resume();
      await wire.closed;
      // Neither the last chunk nor the length that was announced.
      expect(wire.text()).not.to.match(/\r\n0\r\n\r\n$/);
    });
  }

  it('by keeping its connection: what broke off ends it', async () => {
    const wire = await wireTo('events', { connection: 'keep-alive' });
    await wire.until(/data: x/);
    await revoked();
    await wire.closed;
    expect(wire.failure()?.code).to.equal('ECONNRESET');
  });

  it('by asking with HEAD', async () => {
    const wire = await openWire(stage.gateway.url);
    wires.push(wire);
    wire.socket.write(rawRequest(`${EXPENSES}?kind=pending&n=head`, identity, 'HEAD'));
    await until(() => stage.held.size === 1);
    await revoked();
    expect(await wire.closed).to.match(/^HTTP\/1\.1 403 /);
  });

  it('by coming in just as the right goes', async () => {
    for (let round = 0; round < 8; round += 1) {
      const opening = Array.from({ length: 8 }, (_, n) => stage.open(STREAM_KINDS[n % 4]!));
      for (let turn = 0; turn < round * 10; turn += 1) await new Promise(setImmediate);
      await revokePermission(stage.db, ben, VIEW, BY);
      const streams = await Promise.all(opening);
      for (const { ended } of streams) {
        expect(await ended).to.be.oneOf([
          '1008 forbidden: permission_missing',
          '403',
          '403 permission_missing',
          'broken',
        ]);
      }
      await until(() => stage.held.size === 0);
      await grantPermission(stage.db, ben, VIEW, BY);
      await stage.gateway.changesAreHeard();
    }
  });

  it('by a right that goes and comes and goes', async () => {
    const streams = await Promise.all(STREAM_KINDS.map((kind) => stage.open(kind)));
    for (let turn = 0; turn < 10; turn += 1) {
      await revokePermission(stage.db, ben, VIEW, BY);
      await grantPermission(stage.db, ben, VIEW, BY);
    }
    await revokePermission(stage.db, ben, VIEW, BY);
    await Promise.all(streams.map(({ ended }) => ended));
  });

  it('by a ticket: it carries the version of the token that asked for it', async () => {
    const bearer = await signToken(stage.key, USER.ana, { tokenVersion: 1 });
    const answer = await stage.call('/access/ticket', {
      method: 'POST',
      body: JSON.stringify({ route: EXPENSES }),
      headers: { 'content-type': 'application/json', origin: APP, authorization: `Bearer ${bearer}` },
    });
    const { data } = (await answer.json()) as { data: { protocol: string } };
    const wire = await openWire(stage.gateway.url);
    wires.push(wire);
    const headers = { ...HANDSHAKE, origin: APP, 'sec-websocket-protocol': data.protocol };
    wire.socket.write(rawRequest(`${EXPENSES}?kind=websocket&n=ticket`, headers));
    await wire.until(/101 Switching/);
    await revokeTokens(stage.db, USER.ana, BY);
    await wire.closed;
    expect(wire.text()).to.match(/unauthorized$/);
  });

  it('by being one of very many', async () => {
    const bystander = await stage.open('websocket', {
      user: 'cleo',
      company: 'bluenote',
      path: '/api/venue/venues',
    });
    const streams = await Promise.all(Array.from({ length: 60 }, (_, n) => stage.open(STREAM_KINDS[n % 4]!)));
    await revoked();
    await Promise.all(streams.map(({ ended }) => ended));
    expect(await bystander.flows()).to.equal(true);
    bystander.leave();
  });
});
