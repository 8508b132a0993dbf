import { expect } from 'chai';
import {
  addMembership,
  grant,
  grantPermission,
  removeMembership,
  revokePermission,
  revokeTokens,
} from '../../../platform/auth/memberships.ts';
import { openDatabase } from '../../../platform/database/database.ts';
import { manifestOf, owned, register } from '../../platform/fixtures.ts';
import { serverDatabase } from '../../support/databases.ts';
import { eventsOf, type ReceivedEvent } from '../../support/events.ts';
import { openProxy } from '../../support/proxy.ts';
import { refused } from '../../support/refused.ts';
import { COMPANY, openStage, USER, type CallOptions, type Stage } from '../../support/stage.ts';
import { until } from '../../support/until.ts';
import type { AccessAnswer } from './answer.ts';

const ben = { userId: USER.ben, companyId: COMPANY.acme };
const VIEW = 'finance.expense.view';
const CREATE = 'finance.expense.create';
const BY = 'test';

/** A stream as its client has it. */
interface Listening {
  response: Response;
  events: ReceivedEvent[];
  /** Of the newest document. */
  allows: (action: string) => boolean | undefined;
  /** Resolves with the last event's data. */
  ended: Promise<Record<string, unknown>>;
  leave: () => void;
}

describe('GET /access/me/stream', function () {
  this.timeout(60_000);
  let stage: Stage;
  const open: Listening[] = [];
  before(async () => (stage = await openStage()));
  afterEach(() => open.splice(0).forEach(({ leave }) => leave()));
  after(() => stage.close());

  const listen = async (options: CallOptions = {}, on: Stage = stage): Promise<Listening> => {
    const abort = new AbortController();
    const { signal } = abort;
    const response = await on.call('/access/me/stream', { user: 'ben', signal, ...options });
    if (response.status !== 200) throw new Error(JSON.stringify(await refused(response)));
    const events: ReceivedEvent[] = [];
    const read = async () => {
      for await (const event of eventsOf(response)) if (event.event) events.push(event);
      const last = events.at(-1);
      if (last?.event !== 'end') throw new Error('it ended without a word');
      return JSON.parse(last.data!) as Record<string, unknown>;
    };
    const ended = read();
    ended.catch(() => {});
    const newest = () => events.findLast(({ event }) => event === 'access');
    const listening: Listening = {
      response,
      events,
      ended,
      leave: () => abort.abort(),
      allows: (action) =>
        newest() && (JSON.parse(newest()!.data!) as AccessAnswer).data.actions[action]?.allow,
    };
    open.push(listening);
    return listening;
  };

  it('begins with the document, as GET /access/me has it', async () => {
    const { response, events } = await listen();
    await until(() => events.length === 1);
    const now = await stage.call('/access/me', { user: 'ben' });
    expect(events[0]).to.deep.equal({
      id: now.headers.get('etag'),
      event: 'access',
      data: await now.text(),
    });
    expect(response.headers.get('content-type')).to.equal('text/event-stream; charset=utf-8');
    expect(response.headers.get('etag')).to.equal(events[0]!.id);
  });

  it('tells every change to those it concerns, and to nobody else', async () => {
    const [bens, anas] = [await listen(), await listen({ user: 'ana' })];
    await until(() => bens.allows(VIEW) === true && anas.events.length === 1);
    await revokePermission(stage.db, ben, VIEW, BY);
    await until(() => bens.allows(VIEW) === false);
    await grantPermission(stage.db, ben, VIEW, BY);
    await until(() => bens.allows(VIEW) === true);
    expect(bens.events).to.have.length(3);
    expect(anas.events).to.have.length(1);
  });

  it('tells of a grant that ends, with nobody changing anything', async () => {
    const { allows } = await listen();
    const endsAt = new Date(Date.now() + 700);
    await grant(stage.db, ben, { modules: [], permissions: [CREATE] }, BY, endsAt);
    await until(() => allows(CREATE) === true);
    await until(() => allows(CREATE) === false);
    expect(Date.now()).to.be.at.least(endsAt.getTime());
  });

  it('tells of another catalog', async () => {
    const { allows } = await listen();
    await until(() => allows(VIEW) === true);
    await register(stage.db, manifestOf('late', 'addon', { owns: [owned('thing')] }));
    await until(() => allows('late.thing.view') === false);
  });

  it('does not repeat what the client has, and says so', async () => {
    const first = await listen();
    await until(() => first.events.length === 1);
    const { id } = first.events[0]!;
    const again = await listen({ headers: { 'last-event-id': id! } });
    expect(again.response.headers.get('etag')).to.equal(id);
    await revokePermission(stage.db, ben, VIEW, BY);
    await until(() => again.events.length > 0);
    expect(again.allows(VIEW)).to.equal(false);
    await grantPermission(stage.db, ben, VIEW, BY);
    await until(() => again.allows(VIEW) === true);
    const other = await listen({ headers: { 'last-event-id': id! } });
    await until(() => other.events.length === 1);
  });

  it('is refused as GET /access/me is', async () => {
    const status = async (options: CallOptions) =>
      (await refused(await stage.call('/access/me/stream', options))).status;
    expect(await status({ user: null })).to.equal(401);
    expect(await status({ company: null })).to.equal(400);
    expect(await status({ user: 'drew' })).to.equal(403);
    expect((await stage.call('/access/me/stream', { method: 'HEAD' })).status).to.equal(404);
  });

  it('ends when the membership is gone, and says why', async () => {
    const { ended, events } = await listen();
    await until(() => events.length === 1);
    await removeMembership(stage.db, ben, BY);
    expect(await ended).to.deep.equal({
      code: 'forbidden',
      message: 'no membership in this company',
      reasons: ['no_membership'],
    });
    await addMembership(stage.db, ben, { role: 'MEMBER', status: 'active' }, BY);
    await grant(stage.db, ben, { modules: ['finance'], permissions: [VIEW] }, BY);
    await until(async () => (await stage.call('/access/me', { user: 'ben' })).status === 200);
    await until(() =>
      stage.lines.some(({ action, cut }) => action === 'access.me.stream' && cut === 'access'),
    );
  });

  it('ends when the token is revoked', async () => {
    const { ended } = await listen({
      headers: { authorization: `Bearer ${await stage.token('ben', { tokenVersion: 1 })}` },
      user: null,
    });
    await revokeTokens(stage.db, USER.ben, BY);
    expect(await ended).to.deep.equal({ code: 'unauthorized', message: 'the token is revoked' });
  });

  it('of one user are so many and no more', async () => {
    const streams = await Promise.all(Array.from({ length: 32 }, () => listen()));
    const more = await stage.call('/access/me/stream', { user: 'ben' });
    expect(await refused(more)).to.include({ status: 503, message: 'too many streams are open' });
    await listen({ user: 'ana' });
    streams[0]!.leave();
    await until(async () => {
      try {
        await listen();
        return true;
      } catch {
        return false;
      }
    });
  });

  it('end at once when the gateway drains', async () => {
    const other = await openStage({ env: { DRAIN_TIMEOUT_MS: '60000' } });
    const { ended, events } = await listen({}, other);
    await until(() => events.length === 1);
    await other.close();
    expect(await ended).to.deep.include({ message: 'the gateway is shutting down' });
  });

  it('ends when access cannot be determined for longer than a lease', async function () {
    const { url, drop } = await serverDatabase(this);
    const proxy = await openProxy(url);
    const db = await openDatabase({ url: proxy.url }, { timeoutMs: 300 });
    const other = await openStage({
      database: { db, drop: () => Promise.resolve() },
      env: { DB_TIMEOUT_MS: '300', ACCESS_LEASE_MS: '1000', ACCESS_MAX_STALENESS_MS: '500' },
    });
    try {
      const { ended } = await listen({}, other);
      proxy.cut();
      expect(await ended).to.deep.equal({
        code: 'service_unavailable',
        message: 'access cannot be determined',
      });
    } finally {
      await other.close();
      await db.destroy();
      proxy.close();
      await drop();
    }
  });
});
