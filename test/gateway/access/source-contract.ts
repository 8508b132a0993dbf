import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { WebSocket } from 'ws';
import type { Reason } from '../../../policies/contract.ts';
import { readAccess } from '../../../platform/auth/access.ts';
import {
  changeMembership,
  grantPermission,
  revokePermission,
  revokeTokens,
} from '../../../platform/auth/memberships.ts';
import { issueMinVersion } from '../../../platform/min-version.ts';
import { assertionOf, claimsIn } from '../../support/assertion.ts';
import { refused } from '../../support/refused.ts';
import { COMPANY, USER, type CallOptions, type Stage } from '../../support/stage.ts';
import { signToken } from '../../support/token.ts';
import { until } from '../../support/until.ts';

export const BOUND_MS = 400;
export const INTERNAL_API_KEY = 'the-internal-api-key';
/** Environment of a gateway under this contract. */
export const CONTRACT_ENV = {
  INTERNAL_API_KEY,
  ACCESS_MAX_STALENESS_MS: String(BOUND_MS),
  CORS_ORIGINS: 'https://app.example',
};

/** A stage whose source of access can be taken away. */
export interface SourceStage extends Stage {
  goDown(): void;
  comeBack(): void;
}

/** Why each is refused; a source that cannot tell names the nearest thing it knows. */
export interface Refusals {
  suspended: Reason;
  noBase: Reason;
  notEntitled: Reason;
}

const BY = 'test';
const EXPENSES = '/api/finance/expenses';
const SESSION = '/api/checkout/session';
const EVENTS = '/api/promoter/events';
const NOWHERE = '99999999-9999-4999-8999-999999999999';
const ben = { userId: USER.ben, companyId: COMPANY.acme };

/** What every source of access gives, whatever it is. */
export function describeSource(
  name: string,
  refusals: Refusals,
  open: (test: Mocha.Context) => Promise<SourceStage>,
): void {
  describe(`access from ${name}`, () => {
    let stage: SourceStage;
    before(async function () {
      this.timeout(120_000);
      stage = await open(this);
    });
    after(() => stage?.close());

    const bearer = async (user: keyof typeof USER, claims: object = {}) => ({
      authorization: `Bearer ${await signToken(stage.key, USER[user], { ...claims })}`,
    });
    const outcome = async (path: string, options: CallOptions = {}) => {
      const response = await stage.call(path, options);
      if (response.ok) return response.text().then(() => 'allow');
      const { status, reasons } = await refused(response);
      return [status, ...(reasons?.slice(0, 1) ?? [])].join(' ');
    };
    const becomes = (wanted: string, ...ask: Parameters<typeof outcome>) =>
      until(async () => (await outcome(...ask)) === wanted);

    const ticket = async (headers: Record<string, string>, route = EVENTS) => {
      const response = await stage.call('/access/ticket', {
        method: 'POST',
        user: null,
        body: JSON.stringify({ route }),
        headers: { 'content-type': 'application/json', origin: 'https://app.example', ...headers },
      });
      expect(response.status).to.equal(201);
      return ((await response.json()) as { data: { protocol: string } }).data.protocol;
    };
    /** The status of the handshake; the backend takes it for a plain request, and answers 200. */
    const shake = async (protocol: string, route = EVENTS) => {
      const ws = new WebSocket(stage.gateway.url.replace('http', 'ws') + route, [protocol], {
        origin: 'https://app.example',
      });
      const [, response] = (await once(ws, 'unexpected-response')) as [unknown, IncomingMessage];
      response.resume();
      return response.statusCode;
    };

    it('gives a ticket that is good, also where it is the first that is heard of its user', async () => {
      const headers = { ...(await bearer('sol', { tokenVersion: 1 })), 'x-org': COMPANY.solo };
      const artists = '/api/artist/artists';
      expect(await shake(await ticket(headers, artists), artists)).to.equal(200);
    });

    it('allows what is bought and granted, and tells the module who it is', async () => {
      expect(await outcome(EXPENSES, { user: 'ben' })).to.equal('allow');
      const { sub, company, role, permissions, versions } = claimsIn(stage.seen.at(-1)!);
      expect({ sub, company, role, permissions }).to.deep.equal({
        sub: USER.ben,
        company: COMPANY.acme,
        role: 'MEMBER',
        permissions: ['finance.expense.view'],
      });
      expect(versions).to.deep.equal((await readAccess(stage.db, ben.userId, ben.companyId)).versions);
    });

    const REFUSED: [what: string, reason: Reason, path: string, options: CallOptions][] = [
      ['no member', 'no_membership', EXPENSES, { user: 'drew' }],
      ['no such company', 'no_membership', EXPENSES, { company: null, headers: { 'x-org': NOWHERE } }],
      ['no active base', refusals.noBase, EXPENSES, { user: 'lee', company: 'lapsed' }],
      ['a module not bought', refusals.notEntitled, EXPENSES, { user: 'sol', company: 'solo' }],
      ['a module not granted', 'module_not_granted', EXPENSES, { user: 'cleo' }],
      ['a permission missing', 'permission_missing', '/api/finance/settlements', { user: 'ben' }],
    ];
    for (const [what, reason, path, options] of REFUSED) {
      it(`refuses ${what}: 403 ${reason}`, async () => {
        const reached = stage.seen.length;
        expect(await outcome(path, options)).to.equal(`403 ${reason}`);
        expect(stage.seen.length).to.equal(reached);
      });
    }

    it('asks for no company where the route does not', async () => {
      for (const user of ['ana', 'drew'] as const)
        expect(await outcome(SESSION, { user, company: null })).to.equal('allow');
    });

    it('a company that does not exist and one of others are alike to the byte', async () => {
      const bodies = new Set<string>();
      for (const company of [COMPANY.acme, COMPANY.lapsed, NOWHERE]) {
        const headers = { 'x-org': company, 'x-request-id': 'the-same-one' };
        const response = await stage.call(EXPENSES, { user: 'drew', company: null, headers });
        bodies.add((await response.text()).replace(/"decisionId":"[^"]*"/, ''));
      }
      expect([...bodies]).to.have.lengthOf(1);
    });

    it('keeps the order of answers: 401, 400, 404', async () => {
      expect(await outcome('/api/finance/nothing', { user: null })).to.equal('401');
      expect(await outcome('/api/finance/nothing', { company: null })).to.equal('400');
      expect(await outcome('/api/finance/nothing')).to.equal('404');
    });

    it(`a membership suspended: 403 ${refusals.suspended}, and back`, async () => {
      await changeMembership(stage.db, ben, { status: 'suspended' }, BY);
      await becomes(`403 ${refusals.suspended}`, EXPENSES, { user: 'ben' });
      await changeMembership(stage.db, ben, { status: 'active' }, BY);
      await becomes('allow', EXPENSES, { user: 'ben' });
    });

    it('asks once for all who come at the same time', async () => {
      const reads = async () => {
        const metrics = await (await fetch(`${stage.gateway.adminUrl}/metrics`)).text();
        return Number(/^kisum_access_cache_reads (\d+)$/m.exec(metrics)![1]);
      };
      const before = await reads();
      const headers = await bearer('cleo');
      const all = Array.from({ length: 20 }, () =>
        outcome('/api/venue/venues', { user: null, company: 'bluenote', headers }),
      );
      expect(new Set(await Promise.all(all))).to.deep.equal(new Set(['allow']));
      expect((await reads()) - before).to.equal(1);
    });

    it('nothing revoked is allowed to a request that is sent after the bound', async () => {
      const headers = await bearer('ben');
      const ask = () => outcome(EXPENSES, { user: null, headers });
      for (let turn = 0; turn < 2; turn += 1) {
        await becomes('allow', EXPENSES, { user: null, headers });
        await revokePermission(stage.db, ben, 'finance.expense.view', BY);
        const revoked = performance.now();
        let last = revoked;
        for (let sent = revoked; sent < revoked + BOUND_MS + 50; sent = performance.now()) {
          if ((await ask()) === 'allow') last = sent;
        }
        expect(last - revoked).to.be.at.most(BOUND_MS);
        expect(await ask()).to.equal('403 permission_missing');
        await grantPermission(stage.db, ben, 'finance.expense.view', BY);
      }
      await becomes('allow', EXPENSES, { user: null, headers });
    });

    it('shows a purchase to whoever carries its version', async () => {
      const create = { method: 'POST', user: 'ben' } as const;
      expect(await outcome(EXPENSES, create)).to.equal('403 permission_missing');
      await grantPermission(stage.db, ben, 'finance.expense.create', BY);
      const { versions } = await readAccess(stage.db, ben.userId, ben.companyId);
      const min = { ...ben, versions: { ...versions, token: versions.token! } };
      const headers = { 'x-kisum-min-version': issueMinVersion(INTERNAL_API_KEY, min) };
      expect(await outcome(EXPENSES, { ...create, headers })).to.equal('allow');
      await revokePermission(stage.db, ben, 'finance.expense.create', BY);
      await becomes('403 permission_missing', EXPENSES, create);
    });

    for (const [path, user] of [
      [SESSION, 'lee'],
      ['/openapi.json', 'drew'],
    ] as const) {
      it(`a revoked token is worth nothing where no company is asked for either: ${path}`, async () => {
        const ask = async (tokenVersion: number) =>
          outcome(path, { user: null, company: null, headers: await bearer(user, { tokenVersion }) });
        expect(await ask(1)).to.equal('allow');
        await revokeTokens(stage.db, USER[user], BY);
        await until(async () => (await ask(1)) === '401');
        expect(await ask(2)).to.equal('allow');
      });
    }

    describe('for those who carry no token of the user', () => {
      /** A call of the finance module for whoever it was called by. */
      const fromFinance = async (onBehalfOf: string) =>
        outcome(EVENTS, {
          user: null,
          headers: {
            authorization: `Bearer ${await signToken(stage.key, 'module:finance')}`,
            'x-kisum-on-behalf-of': onBehalfOf,
          },
        });

      it('a module reads from its base, until the tokens of the user are revoked', async () => {
        const headers = await bearer('ana', { tokenVersion: 1 });
        expect(await outcome(EXPENSES, { user: null, headers })).to.equal('allow');
        const onBehalfOf = assertionOf(stage.seen.at(-1)!);
        expect(await fromFinance(onBehalfOf)).to.equal('allow');
        expect(claimsIn(stage.seen.at(-1)!)).to.include({ sub: USER.ana, caller: 'finance' });
        const opening = await ticket(headers);
        expect(await shake(opening)).to.equal(200);
        expect(await shake(opening)).to.equal(401);

        const unused = await ticket(headers);
        await revokeTokens(stage.db, USER.ana, BY);
        await becomes('401', EXPENSES, { user: null, headers });
        expect(await shake(unused)).to.equal(401);
        expect(await fromFinance(onBehalfOf)).to.equal('401');
      });

      it('a ticket of a newer token is good, and one of the older is not', async () => {
        const newer = await bearer('ana', { tokenVersion: 2 });
        await becomes('allow', EXPENSES, { user: null, headers: newer });
        expect(await shake(await ticket(newer))).to.equal(200);
        const older = await bearer('ana', { tokenVersion: 1 });
        expect(await outcome(EXPENSES, { user: null, headers: older })).to.equal('401');
      });
    });

    it('is a 503 while it cannot be had, for everyone, and comes back by itself', async () => {
      const reached = stage.seen.length;
      stage.goDown();
      await becomes('503', EXPENSES, { user: 'ben' });
      const seen = stage.seen.length;
      for (const user of ['ana', 'ben', 'drew'] as const)
        expect(await outcome(EXPENSES, { user })).to.equal('503');
      await becomes('503', SESSION, { company: null });
      expect(stage.seen.length).to.equal(seen).and.be.at.least(reached);
      stage.comeBack();
      await becomes('allow', EXPENSES, { user: 'ben' });
      await becomes('403 no_membership', EXPENSES, { user: 'drew' });
      const ready = async () => (await fetch(`${stage.gateway.adminUrl}/readyz`)).status;
      await until(async () => (await ready()) === 200);
    });
  });
}
