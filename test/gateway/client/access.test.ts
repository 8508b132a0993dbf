import { expect } from 'chai';
import { createAccess, type Access, type AccessOptions } from '../../../gateway/client/access.ts';
import { grantPermission, revokePermission, revokeTokens } from '../../../platform/auth/memberships.ts';
import { openProxy, type Proxy } from '../../support/proxy.ts';
import { COMPANY, openStage, USER, type Stage } from '../../support/stage.ts';
import { until } from '../../support/until.ts';

const ben = { userId: USER.ben, companyId: COMPANY.acme };
const VIEW = 'finance.expense.view';
const CREATE = 'finance.expense.create';

/** The client of frontends against a real gateway. */
describe("the frontend's client", function () {
  this.timeout(60_000);
  let stage: Stage;
  let proxy: Proxy;
  const open: Access[] = [];
  before(async () => {
    stage = await openStage();
    proxy = await openProxy(stage.gateway.url);
  });
  afterEach(() => open.splice(0).forEach((access) => access.close()));
  after(async () => {
    proxy.close();
    await stage.close();
  });

  const connect = (options: Partial<AccessOptions> = {}): Access => {
    const access = createAccess({
      url: stage.gateway.url,
      token: () => stage.token('ben'),
      company: COMPANY.acme,
      retryMs: 10,
      ...options,
    });
    open.push(access);
    return access;
  };

  it('allows nothing until it knows, then what the gateway says, with reasons and remedies', async () => {
    const access = connect();
    expect([access.state, access.can(VIEW), access.enters('finance')]).to.deep.equal([
      'unknown',
      false,
      false,
    ]);
    expect(access.why(VIEW)).to.deep.equal({ reasons: [], remedies: [] });
    await until(() => access.state === 'live');
    expect([access.can(VIEW), access.can(CREATE), access.enters('finance')]).to.deep.equal([
      true,
      false,
      true,
    ]);
    expect(access.why(CREATE)).to.deep.equal({
      reasons: ['permission_missing'],
      remedies: [{ type: 'grant_permission', permission: CREATE, who: 'tenant admin' }],
    });
    expect(access.why('venue').reasons).to.include('module_not_granted');
    expect(access.document!.companyId).to.equal(COMPANY.acme);
    expect(access.can('__proto__' as never)).to.equal(false);
  });

  it('tells its subscribers of every change, whatever one of them does', async () => {
    const access = connect();
    const seen: string[] = [];
    access.subscribe(() => {
      throw new Error('a mistake of the page');
    });
    const leave = access.subscribe(() => seen.push(`${access.state} ${access.can(VIEW)}`));
    await until(() => seen.length === 1);
    await revokePermission(stage.db, ben, VIEW, 'test');
    await until(() => seen.length === 2);
    leave();
    await grantPermission(stage.db, ben, VIEW, 'test');
    await until(() => access.can(VIEW));
    expect(seen).to.deep.equal(['live true', 'live false']);
  });

  it('connects again by itself, and shows meanwhile that what it knows is old', async () => {
    const access = connect({ url: proxy.url });
    await until(() => access.state === 'live');
    proxy.cut();
    await until(() => access.state === 'stale');
    expect(access.can(VIEW)).to.equal(true);
    proxy.heal();
    await until(() => access.state === 'live');
    expect(access.can(VIEW)).to.equal(true);
  });

  it('knows nothing any more when the connection is away for too long', async () => {
    const access = connect({ url: proxy.url, staleMs: 50 });
    await until(() => access.state === 'live');
    proxy.cut();
    await until(() => access.state === 'unknown');
    expect([access.can(VIEW), access.document]).to.deep.equal([false, undefined]);
    proxy.heal();
    await until(() => access.can(VIEW));
  });

  it('takes a connection on which nothing comes for dead', async () => {
    const seen: string[] = [];
    const access = connect({ silenceMs: 100 });
    access.subscribe(() => seen.push(access.state));
    await until(() => seen.filter((it) => it === 'live').length > 1);
    expect(seen.slice(0, 3)).to.deep.equal(['live', 'stale', 'live']);
  });

  it('ends where there is no access, and says why', async () => {
    const access = connect({ token: () => stage.token('drew') });
    await until(() => access.state === 'ended');
    expect(access.end).to.deep.equal({
      code: 'forbidden',
      message: 'no membership in this company',
      reasons: ['no_membership'],
    });
    expect(access.can(VIEW)).to.equal(false);
  });

  it('asks for another token when the one it has is revoked, and ends when that is none either', async () => {
    let version = 1;
    let asked = 0;
    const token = () => {
      asked += 1;
      return stage.token('ben', { tokenVersion: version });
    };
    const access = connect({ token });
    await until(() => access.state === 'live');
    const before = await stage.db('auth.users').where({ id: USER.ben }).first<{ token_version: number }>();
    version = before.token_version + 1;
    await revokeTokens(stage.db, USER.ben, 'test');
    await until(() => asked === 2 && access.state === 'live');
    await revokeTokens(stage.db, USER.ben, 'test');
    await until(() => access.state === 'ended');
    expect(access.end).to.include({ code: 'unauthorized' });
  });

  it('is patient with whoever gives the tokens', async () => {
    let asked = 0;
    const token = () => {
      asked += 1;
      if (asked < 3) throw new Error('the network is away');
      return stage.token('ben');
    };
    const access = connect({ token });
    await until(() => access.state === 'live');
  });

  it('knows nothing once it is closed, and leaves the gateway', async () => {
    const access = connect();
    await until(() => access.state === 'live');
    const left = () => stage.lines.filter(({ result }) => result === 'aborted').length;
    const before = left();
    access.close();
    expect([access.state, access.can(VIEW)]).to.deep.equal(['unknown', false]);
    await until(() => left() > before);
  });
});
