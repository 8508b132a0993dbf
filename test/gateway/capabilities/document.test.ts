import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { changeMembership, grantPermission, revokePermission } from '../../../platform/auth/memberships.ts';
import { forPeople } from '../../../gateway/doors/access-me.ts';
import { COMPANY, openStage, USER, type CallOptions, type Stage } from '../../support/stage.ts';
import { refused } from '../../support/refused.ts';
import { until } from '../../support/until.ts';
import type { AccessAnswer } from './answer.ts';

const ben = { userId: USER.ben, companyId: COMPANY.acme };
const VIEW = 'finance.expense.view';

describe('GET /access/me', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => (stage = await openStage()));
  after(() => stage.close());

  const ask = (options: CallOptions = {}) => stage.call('/access/me', { user: 'ben', ...options });
  const told = async (options: CallOptions = {}) => {
    const response = await ask(options);
    expect(response.status).to.equal(200);
    return ((await response.json()) as AccessAnswer).data;
  };

  it('tells every module and action of the catalog, with reasons and remedies, and the versions it is of', async () => {
    const { modules, actions, ...rest } = await told();
    const keys = async (table: string) => (await stage.db(table).pluck<string[]>('key')).sort();
    expect(Object.keys(modules)).to.deep.equal(await keys('core.modules'));
    expect(Object.keys(actions)).to.deep.equal(await keys('core.module_permissions'));
    expect(modules.finance).to.deep.equal({ allow: true, reasons: [], remedies: [] });
    expect(actions[VIEW]).to.deep.equal({ allow: true, reasons: [], remedies: [] });
    expect(actions['finance.expense.create']).to.deep.equal({
      allow: false,
      reasons: ['permission_missing'],
      remedies: [{ type: 'grant_permission', permission: 'finance.expense.create', who: 'tenant admin' }],
    });
    const { revision, ...versions } = rest.meta;
    expect(revision).to.be.a('string').and.not.empty;
    for (const version of Object.values(versions)) expect(version).to.be.a('number');
    expect(rest).to.deep.include({ ...ben, tenantRole: 'MEMBER', units: null });
    expect(Object.keys(rest.delegation)).to.have.members([
      'canManageUsers',
      'canBuyAddons',
      'grantableModules',
      'grantablePermissions',
    ]);
  });

  it('answers in the usual order: 401, 400, 403', async () => {
    const status = async (options: CallOptions) => {
      const { status: it, reasons } = await refused(await ask(options));
      return [it, ...(reasons ?? [])].join(' ');
    };
    expect(await status({ user: null, company: null })).to.equal('401');
    expect(await status({ user: 'drew', company: null })).to.equal('400');
    expect(await status({ user: 'drew', headers: { 'x-org': 'acme' } })).to.equal('400');
    expect(await status({ headers: { 'x-kisum-min-version': 'nonsense' } })).to.equal('400');
    expect(await status({ user: 'drew' })).to.equal('403 no_membership');
    expect((await ask({ method: 'POST' })).status).to.equal(404);
    expect((await ask({ method: 'HEAD' })).status).to.equal(200);
  });

  it('says of a company that does not exist, byte for byte, what it says of a foreign one', async () => {
    const bodies = await Promise.all(
      [COMPANY.bluenote, '99999999-9999-4999-8999-999999999999'].map(async (company) => {
        const response = await ask({ headers: { 'x-org': company, 'x-request-id': 'same' } });
        expect(response.status).to.equal(403);
        return response.text();
      }),
    );
    expect(bodies[0]).to.equal(bodies[1]);
    expect(bodies[0]).to.include('no_membership');
  });

  it('says nothing but why to a member who is not let in', async () => {
    await changeMembership(stage.db, ben, { status: 'suspended' }, 'test');
    await until(async () => (await ask()).status === 403);
    const { reasons } = await refused(await ask());
    expect(reasons).to.deep.equal(['membership_inactive']);
    await changeMembership(stage.db, ben, { status: 'active' }, 'test');
    await until(async () => (await ask()).status === 200);
  });

  it('is tagged by its bytes, sent again only when they are others, and kept by no shared cache', async () => {
    const first = await ask();
    const etag = first.headers.get('etag')!;
    const digest = createHash('sha256')
      .update(await first.text())
      .digest('base64url');
    expect(etag).to.equal(`"${digest}"`);
    expect(first.headers.get('cache-control')).to.equal('private, no-cache');
    const again = await ask({ headers: { 'if-none-match': `"other", ${etag}` } });
    expect([again.status, again.headers.get('etag'), await again.text()]).to.deep.equal([304, etag, '']);

    await revokePermission(stage.db, ben, VIEW, 'test');
    await until(async () => (await ask({ headers: { 'if-none-match': etag } })).status === 200);
    expect((await told()).actions[VIEW]!.allow).to.equal(false);
    await grantPermission(stage.db, ben, VIEW, 'test');
    await until(async () => (await told()).actions[VIEW]!.allow);
  });

  it('is a line of the log like any request', async () => {
    await ask({ headers: { 'x-request-id': 'logged' } });
    await ask({ user: null, headers: { 'x-request-id': 'stranger' } });
    await until(() => stage.lines.some(({ requestId }) => requestId === 'stranger'));
    const line = (id: string) => stage.lines.find(({ requestId }) => requestId === id);
    expect(line('logged')).to.include({
      ...ben,
      action: 'access.me',
      endpoint: 'GET /access/me',
      result: 'allowed',
      status: 200,
    });
    expect(line('stranger')).to.include({ action: 'access.me', result: 'denied', status: 401 });
  });

  it('is for users, not for modules that act for them', () => {
    const asModule = { subject: { kind: 'module', key: 'finance' } };
    expect(() => forPeople(asModule as never)).to.throw('access is told to users');
  });
});
