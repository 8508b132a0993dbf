import { expect } from 'chai';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose';
import { grantPermission } from '../../platform/auth/memberships.ts';
import { generateAssertionKeys } from '../../gateway/assertion/keys.ts';
import { assertionOf, claimsIn, type AssertionClaims } from '../support/assertion.ts';
import { COMPANY, openStage, USER, type CallOptions, type Stage } from '../support/stage.ts';
import { signToken } from '../support/token.ts';
import { until } from '../support/until.ts';

const EXPENSES = '/api/finance/expenses';

describe('the assertion a module is given', () => {
  let stage: Stage;
  let keys: { keys: Record<string, string>[] };

  before(async () => {
    const [first, second] = await Promise.all([generateAssertionKeys(), generateAssertionKeys()]);
    const [a, b] = [first, second].map((it) => (JSON.parse(it) as typeof keys).keys[0]!);
    keys = { keys: [a!, b!] };
    stage = await openStage({ env: { ASSERTION_KEYS: JSON.stringify(keys) } });
  });
  after(() => stage.close());

  const given = async (path: string, options: CallOptions = {}) => {
    const response = await stage.call(path, options);
    await response.text();
    expect(response.status).to.equal(200);
    return stage.seen.at(-1)!;
  };
  const published = async () =>
    (await (await fetch(`${stage.gateway.url}/.well-known/gateway-jwks.json`)).json()) as JSONWebKeySet;

  it('holds before the published keys, says who, where and what, and lives 30 s at most', async () => {
    const assertion = assertionOf(await given(EXPENSES));
    const { payload, protectedHeader } = await jwtVerify<AssertionClaims>(
      assertion,
      createLocalJWKSet(await published()),
      { issuer: 'gateway', audience: 'finance', algorithms: ['EdDSA'] },
    );
    expect(protectedHeader).to.deep.equal({ alg: 'EdDSA', kid: keys.keys[0]!['kid'], typ: 'JWT' });
    expect(payload).to.include({ sub: USER.ana, company: COMPANY.acme, role: 'ADMIN' });
    expect(payload.exp! - payload.iat!).to.be.within(1, 30);
    expect(payload.versions).to.have.all.keys('token', 'access', 'entitlement');
    expect(payload).to.have.all.keys(
      ...['aud', 'company', 'exp', 'iat', 'iss', 'permissions', 'role', 'sub', 'units', 'versions'],
    );
  });

  it('publishes the public half of every key, and no private one', async () => {
    const { keys: shown } = await published();
    expect(shown.map(({ kid }) => kid)).to.deep.equal(keys.keys.map(({ kid }) => kid));
    for (const key of shown) expect(key).to.have.all.keys('kty', 'crv', 'x', 'kid', 'alg', 'use');
  });

  it('holds only permissions of this module, though Ana is granted far more', async () => {
    for (const [module, path] of [
      ['finance', EXPENSES],
      ['promoter', '/api/promoter/events'],
      ['ai', '/api/ai/predictions'],
      ['touring', '/api/touring/tours'],
    ] as const) {
      const { permissions, aud } = claimsIn(await given(path));
      expect(aud).to.equal(module);
      expect(permissions!.filter((key) => !key.startsWith(`${module}.`))).to.deep.equal([]);
      expect(permissions).to.include(`${module}.${path.split('/')[3]!.replace(/s$/, '')}.view`);
    }
  });

  it('says to one service of a module what it says to the other', async () => {
    const ask = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    expect(claimsIn(await given('/api/ai/chat', ask)).aud).to.equal('ai');
  });

  it('is signed once for the same user, company, module and versions, and anew for any other', async () => {
    const ana = assertionOf(await given(EXPENSES));
    expect(assertionOf(await given(EXPENSES))).to.equal(ana);
    expect(assertionOf(await given('/api/finance/settlements'))).to.equal(ana);
    expect(assertionOf(await given('/api/promoter/events'))).to.not.equal(ana);
    const ben = assertionOf(await given(EXPENSES, { user: 'ben' }));
    expect(ben).to.not.equal(ana);
    await grantPermission(
      stage.db,
      { userId: USER.ben, companyId: COMPANY.acme },
      'finance.income.view',
      'test',
    );
    await until(async () => assertionOf(await given(EXPENSES, { user: 'ben' })) !== ben);
    const { permissions } = claimsIn(stage.seen.at(-1)!);
    expect(permissions).to.have.members(['finance.expense.view', 'finance.income.view']);
    expect(assertionOf(await given(EXPENSES))).to.equal(ana);
  });

  it('is not there on a public route, even for someone with a token', async () => {
    expect((await given('/api/checkout/plans')).headers).to.not.have.property('x-kisum-assertion');
  });

  it('names the user alone on a route without a company', async () => {
    const claims = claimsIn(await given('/api/checkout/session'));
    expect(claims).to.include({ aud: 'checkout', sub: USER.ana });
    expect(claims).to.not.have.any.keys('company', 'units', 'permissions', 'role', 'caller');
  });

  it('of the client is thrown away', async () => {
    const forged = assertionOf(await given(EXPENSES, { user: 'ana' }));
    const { headers } = await given(EXPENSES, {
      user: 'ben',
      headers: { 'x-kisum-assertion': forged, 'X-Kisum_Assertion': forged },
    });
    expect(claimsIn({ headers }).sub).to.equal(USER.ben);
    const plans = await given('/api/checkout/plans', { headers: { 'x-kisum-assertion': forged } });
    expect(plans.headers).to.not.have.property('x-kisum-assertion');
  });

  it("with too many permissions holds the request's alone, for users and for modules", async () => {
    await stage.db.raw(`insert into core.module_permissions (key, module_key, title)
      select 'finance.${'x'.repeat(40)}' || n || '.view', 'finance', 'x' from generate_series(1, 100) as n`);
    await stage.db.raw(`insert into auth.permission_grants (user_id, company_id, permission_key)
      select '${USER.ana}', '${COMPANY.acme}', key from core.module_permissions where key like 'finance.xxx%'`);
    await stage.gateway.catalogIsCurrent();
    await until(async () => claimsIn(await given(EXPENSES)).permissions!.length === 1);
    const view = await given(EXPENSES);
    expect(claimsIn(view).permissions).to.deep.equal(['finance.expense.view']);
    expect(assertionOf(view).length).to.be.below(4096);
    const create = await given(EXPENSES, { method: 'POST' });
    expect(claimsIn(create).permissions).to.deep.equal(['finance.expense.create']);
    expect(assertionOf(await given(EXPENSES))).to.equal(assertionOf(view));
    expect(claimsIn(await given(EXPENSES, { user: 'ben' })).permissions).to.include('finance.expense.view');
  });

  it('for a module always names the calling module, whatever was signed for its user before', async () => {
    await stage.db.raw(`insert into core.module_permissions (key, module_key, title)
      select 'promoter.${'x'.repeat(40)}' || n || '.view', 'promoter', 'x' from generate_series(1, 100) as n`);
    await stage.db.raw(`insert into auth.permission_grants (user_id, company_id, permission_key)
      select '${USER.ana}', '${COMPANY.acme}', key from core.module_permissions where key like 'promoter.xxx%'`);
    await stage.gateway.catalogIsCurrent();
    const events = '/api/promoter/events';
    await until(async () => claimsIn(await given(events)).permissions!.length === 1);
    const onBehalfOf = assertionOf(await given(EXPENSES));
    await given(events);
    const called = await given(events, {
      user: null,
      headers: {
        authorization: `Bearer ${await signToken(stage.key, 'module:finance')}`,
        'x-kisum-on-behalf-of': onBehalfOf,
      },
    });
    expect(claimsIn(called).caller).to.equal('finance');
    expect(claimsIn(await given(events))).to.not.have.property('caller');
  });

  it('rotates without a gap: signed by the new key, while the old one is still believed', async () => {
    const before = assertionOf(await given(EXPENSES));
    const [old, next] = keys.keys;
    const rotated = await openStage({ env: { ASSERTION_KEYS: JSON.stringify({ keys: [next, old] }) } });
    try {
      const response = await rotated.call('/api/promoter/events', {
        user: null,
        headers: {
          authorization: `Bearer ${await signToken(rotated.key, 'module:finance')}`,
          'x-kisum-on-behalf-of': before,
        },
      });
      expect(response.status).to.equal(200);
      const signed = assertionOf(rotated.seen.at(-1)!);
      expect(decodeProtectedHeader(signed).kid).to.equal(next!['kid']);
      await jwtVerify(signed, createLocalJWKSet(await published()), { audience: 'promoter' });
    } finally {
      await rotated.close();
    }
  });
});
