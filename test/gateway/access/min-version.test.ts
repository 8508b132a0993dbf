import { expect } from 'chai';
import fc from 'fast-check';
import { grant, revoke } from '../../../platform/auth/memberships.ts';
import type { Access } from '../../../gateway/access/access.ts';
import { AtLeast } from '../../../gateway/access/at-least.ts';
import type { AccessSource } from '../../../gateway/access/source.ts';
import { readAccess } from '../../../platform/auth/access.ts';
import { issueMinVersion, readMinVersion } from '../../../platform/min-version.ts';
import { COMPANY, openStage, USER, type Stage } from '../../support/stage.ts';

const SECRET = 'the internal api key';
const member = { userId: USER.ben, companyId: COMPANY.acme };
const CREATE = { modules: [], permissions: ['finance.expense.create'] };

describe('x-kisum-min-version', () => {
  const version = fc.nat({ max: Number.MAX_SAFE_INTEGER });
  const anyMin = fc.record({
    userId: fc.uuid(),
    companyId: fc.uuid(),
    versions: fc.record({ token: version, access: version, entitlement: version }),
  });

  it('law: what was issued is read back, and by its own secret alone', () => {
    fc.assert(
      fc.property(anyMin, fc.string(), fc.string(), (min, secret, other) => {
        expect(readMinVersion(secret, issueMinVersion(secret, min))).to.deep.equal(min);
        if (other !== secret) expect(readMinVersion(other, issueMinVersion(secret, min))).to.equal(undefined);
      }),
    );
  });

  it('law: nothing else is read, neither one character changed nor any text', () => {
    fc.assert(
      fc.property(anyMin, fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (min, at, char) => {
        const issued = issueMinVersion(SECRET, min);
        const place = at % issued.length;
        const changed = issued.slice(0, place) + char + issued.slice(place + 1);
        if (changed !== issued) expect(readMinVersion(SECRET, changed)).to.equal(undefined);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(readMinVersion(SECRET, text)).to.equal(undefined);
      }),
    );
  });

  it('lets only so many requests wait; more are refused at once', async () => {
    const access = { record: { versions: { token: 1, access: 1, entitlement: 1 } } } as Access;
    const source = { access: () => access, forget() {} } as unknown as AccessSource;
    const atLeast = new AtLeast(source);
    const min = { ...member, versions: { token: 1, access: 2, entitlement: 1 } };
    const refusals = Array.from({ length: 300 }, () =>
      atLeast.access(min, undefined).catch((error: Error) => error.message),
    );
    const told = await Promise.all(refusals);
    expect(told.filter((it) => it === 'the change has not arrived yet')).to.have.lengthOf(256);
    expect(told.filter((it) => it === 'too many requests wait for a change')).to.have.lengthOf(44);
  });

  describe('at the gateway', () => {
    let stage: Stage;
    before(async () => (stage = await openStage({ env: { INTERNAL_API_KEY: SECRET } })));
    after(() => stage.close());

    /** As a write would return it, `ahead` of what is true. */
    const issued = async (ahead = 0, of = member) => {
      const { versions } = await readAccess(stage.db, of.userId, of.companyId);
      const { token, access, entitlement } = versions;
      return issueMinVersion(SECRET, {
        ...of,
        versions: { token: token ?? 0, access: access + ahead, entitlement },
      });
    };
    const post = (headers: Record<string, string> = {}) =>
      stage.call('/api/finance/expenses', { method: 'POST', user: 'ben', headers });

    it('shows the purchase to the very next request, whether the gateway has heard of it or not', async () => {
      for (let turn = 0; turn < 5; turn += 1) {
        expect((await post()).status).to.equal(403);
        await grant(stage.db, member, CREATE, 'test');
        expect((await post({ 'x-kisum-min-version': await issued() })).status).to.equal(200);
        await revoke(stage.db, member, CREATE, 'test');
        expect((await post({ 'x-kisum-min-version': await issued() })).status).to.equal(403);
      }
    });

    it('waits for what is not there yet, and is a 503 when it does not come', async () => {
      const coming = await issued(1);
      const waiting = post({ 'x-kisum-min-version': coming });
      await grant(stage.db, member, CREATE, 'test');
      expect((await waiting).status).to.equal(200);
      await revoke(stage.db, member, CREATE, 'test');
      const never = await post({ 'x-kisum-min-version': await issued(1000) });
      expect(never.status).to.equal(503);
      expect(never.headers.get('retry-after')).to.equal('1');
    });

    for (const [what, header] of [
      ['garbage', () => 'garbage'],
      ['an empty one', () => ''],
      ["another user's", () => issued(0, { userId: USER.ana, companyId: COMPANY.acme })],
      ["another company's", () => issued(0, { userId: USER.ben, companyId: COMPANY.solo })],
      ['two of them', async () => `${await issued()}, ${await issued()}`],
      [
        'one sealed with another secret',
        () => issueMinVersion('x', { ...member, versions: { token: 1, access: 1, entitlement: 1 } }),
      ],
    ] as const) {
      it(`is a 400 for ${what}, before anything is said of the route`, async () => {
        const headers = { 'x-kisum-min-version': await header() };
        const refused = await stage.call('/api/finance/nothing', { user: 'ben', headers });
        expect(refused.status).to.equal(400);
        expect(await refused.text()).to.include('x-kisum-min-version');
        expect((await stage.call('/api/finance/expenses', { user: null, headers })).status).to.equal(401);
      });
    }

    it('never reaches a module', async () => {
      await post({ 'x-kisum-min-version': await issued() });
      await stage.call('/api/finance/expenses', {
        user: 'ben',
        headers: { 'x-kisum-min-version': await issued() },
      });
      expect(stage.seen.at(-1)!.headers).to.not.have.property('x-kisum-min-version');
    });
  });
});
