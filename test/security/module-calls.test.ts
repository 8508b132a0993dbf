import { expect } from 'chai';
import { exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from 'jose';
import { grantModule, revokeTokens } from '../../platform/auth/memberships.ts';
import { addAddon } from '../../platform/core/subscriptions.ts';
import { generateAssertionKeys } from '../../gateway/assertion/keys.ts';
import { assertionOf, claimsIn } from '../support/assertion.ts';
import { firstAnswer, raw, rawRequest } from '../support/raw.ts';
import { refused } from '../support/refused.ts';
import { part } from '../support/seal.ts';
import type { Seen } from '../support/servers.ts';
import { COMPANY, openStage, USER, type Stage } from '../support/stage.ts';
import { signToken } from '../support/token.ts';
import { until } from '../support/until.ts';

type User = keyof typeof USER;
type Company = keyof typeof COMPANY;

interface Call {
  module?: string;
  user?: User;
  /** Of the assertion. */
  company?: Company;
  /** Of x-org, by default the same. */
  org?: Company;
  path?: string;
  method?: string;
  /** Over the claims of an honest assertion. */
  claims?: Record<string, unknown>;
}

const EVENTS = '/api/promoter/events';
const EVENT = `${EVENTS}/00000000-0000-4000-8000-000000000001`;
const now = () => Math.floor(Date.now() / 1000);

describe('calls from module to Base', () => {
  let stage: Stage;
  let own: JWK;

  before(async () => {
    const keys = await generateAssertionKeys();
    own = (JSON.parse(keys) as { keys: JWK[] }).keys[0]!;
    stage = await openStage({ env: { ASSERTION_KEYS: keys } });
    const forever = { status: 'active', startsAt: new Date('2024-01-01T00:00:00Z'), endsAt: null } as const;
    await addAddon(stage.db, COMPANY.bluenote, 'finance', forever, 'test');
    await until(async () => {
      const response = await stage.call('/api/finance/expenses', { user: 'cleo', company: 'bluenote' });
      await response.text();
      return response.ok;
    });
  });
  after(() => stage.close());

  const sign = async (claims: Record<string, unknown>, jwk = own, alg = 'EdDSA') =>
    new SignJWT({ iss: 'gateway', iat: now(), exp: now() + 30, versions: { token: 1 }, ...claims })
      .setProtectedHeader({ alg, kid: own.kid!, typ: 'JWT' })
      .sign(await importJWK(jwk, alg));
  const assertion = ({ module = 'finance', user = 'ana', company = 'acme', claims }: Call) =>
    sign({ aud: module, sub: USER[user], company: COMPANY[company], ...claims });
  const send = async (call: Call, onBehalfOf: string | undefined) => {
    const { module = 'finance', company = 'acme', org = company, path = EVENTS, method = 'GET' } = call;
    const authorization = `Bearer ${await signToken(stage.key, `module:${module}`)}`;
    return stage.call(path, {
      method,
      user: null,
      company: org,
      headers: { authorization, ...(onBehalfOf !== undefined && { 'x-kisum-on-behalf-of': onBehalfOf }) },
    });
  };
  const ask = async (call: Call) => send(call, await assertion(call));

  describe('allowed', () => {
    it('with the very assertion the module received', async () => {
      await stage.call('/api/finance/expenses');
      const response = await send({}, assertionOf(stage.seen.at(-1)!));
      expect(response.status).to.equal(200);
      const { aud, sub, company, permissions, caller } = claimsIn((await response.json()) as Seen);
      expect({ aud, sub, company, permissions, caller }).to.deep.equal({
        aud: 'promoter',
        sub: USER.ana,
        company: COMPANY.acme,
        permissions: ['promoter.event.view'],
        caller: 'finance',
      });
    });

    const ALLOWED: Record<string, Call> = {
      'one entity': { path: EVENT },
      HEAD: { method: 'HEAD' },
      'a company with a venue for a base: the owner need not be bought': {
        user: 'cleo',
        company: 'bluenote',
      },
      'a user without the permission in the owner': { user: 'ben' },
    };
    for (const [what, call] of Object.entries(ALLOWED)) {
      it(what, async () => {
        expect((await ask(call)).status).to.equal(200);
        const { company, caller } = claimsIn(stage.seen.at(-1)!);
        expect({ company, caller }).to.deep.equal({
          company: COMPANY[call.company ?? 'acme'],
          caller: 'finance',
        });
      });
    }

    it('neither the service token nor the assertion it came with goes on to the owner', async () => {
      await ask({});
      const { headers } = stage.seen.at(-1)!;
      expect(headers).to.not.have.any.keys('authorization', 'x-kisum-on-behalf-of', 'x-org');
    });

    it('a public route, where nobody is known', async () => {
      expect((await ask({ path: '/api/checkout/plans' })).status).to.equal(200);
      expect(stage.seen.at(-1)!.headers).to.not.have.property('x-kisum-assertion');
    });
  });

  describe('refused', () => {
    const REFUSED: Record<string, [call: Call, ...reasons: string[]]> = {
      'a module that declared no such read': [
        { module: 'touring', path: '/api/venue/venue_listings' },
        'call_not_declared',
      ],
      POST: [{ method: 'POST' }, 'call_not_declared'],
      PATCH: [{ method: 'PATCH', path: EVENT }, 'call_not_declared'],
      DELETE: [{ method: 'DELETE', path: EVENT }, 'call_not_declared'],
      'what is not shared': [{ path: '/api/venue/venues' }, 'call_not_declared'],
      'what is shared under this name by another': [{ path: '/api/venue/events' }, 'call_not_declared'],
      'another add-on': [{ path: '/api/touring/tours' }, 'call_not_declared'],
      'its own routes': [{ path: '/api/finance/expenses' }, 'call_not_declared'],
      'a route that asks for no company': [{ path: '/api/checkout/session' }, 'call_not_declared'],
      'a company the user is not in': [{ user: 'ana', org: 'bluenote' }, 'no_membership'],
      'not bought by the company': [{ user: 'sol', company: 'solo' }, 'module_not_entitled'],
      'a company without a base': [{ user: 'lee', company: 'lapsed' }, 'no_active_base'],
      'not granted to the user': [{ user: 'cleo', company: 'acme' }, 'module_not_granted'],
      'no member': [{ user: 'drew' }, 'no_membership'],
      'a module nobody knows': [{ module: 'ghost' }, 'module_unknown'],
      'a module called constructor': [{ module: 'constructor' }, 'module_unknown'],
    };
    for (const [what, [call, ...reasons]] of Object.entries(REFUSED)) {
      it(`${what}: ${reasons.join(' ')}`, async () => {
        const seen = stage.seen.length;
        const answer = await refused(await ask(call));
        expect(answer).to.include({ status: 403, code: 'forbidden' });
        expect(answer.reasons![0]).to.equal(reasons[0]);
        expect(stage.seen.length).to.equal(seen);
      });
    }

    it("another of the user's own companies: call_not_declared and nothing else", async () => {
      await grantModule(stage.db, { userId: USER.cleo, companyId: COMPANY.acme }, 'finance', 'test');
      const call = { user: 'cleo', company: 'bluenote', org: 'acme' } as const;
      await until(async () => (await refused(await ask(call))).reasons!.length === 1);
      expect((await refused(await ask(call))).reasons).to.deep.equal(['call_not_declared']);
      expect((await ask({ user: 'cleo', company: 'acme' })).status).to.equal(200);
    });

    it('an unknown route is a 404, as for everybody', async () => {
      expect((await refused(await ask({ path: '/api/promoter/nothing' }))).status).to.equal(404);
    });

    it('a ticket for a WebSocket', async () => {
      const response = await stage.call('/access/ticket', {
        method: 'POST',
        user: null,
        headers: {
          authorization: `Bearer ${await signToken(stage.key, 'module:finance')}`,
          'x-kisum-on-behalf-of': await assertion({}),
          'content-type': 'application/json',
        },
        body: JSON.stringify({ route: EVENTS }),
      });
      expect((await refused(response)).status).to.equal(400);
    });
  });

  describe('the assertion', () => {
    const strange = async () => {
      const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
      return exportJWK(privateKey);
    };
    const good = { aud: 'finance', sub: USER.ana, company: COMPANY.acme };
    const WORTHLESS: Record<string, () => Promise<string | undefined>> = {
      missing: () => Promise.resolve(undefined),
      empty: () => Promise.resolve(''),
      'no token': () => Promise.resolve('assertion'),
      'signed by a foreign key': async () => sign(good, await strange()),
      'made for another module': () => sign({ ...good, aud: 'touring' }),
      'made for the owner': () => sign({ ...good, aud: 'promoter' }),
      'made by somebody else': () => sign({ ...good, iss: 'test-auth' }),
      expired: () => sign({ ...good, iat: now() - 60, exp: now() - 1 }),
      'without an end': () => sign({ ...good, exp: undefined }),
      'without a company': () => sign({ ...good, company: undefined }),
      'with a company that is no id': () => sign({ ...good, company: 'acme' }),
      'with a list of companies': () => sign({ ...good, company: [COMPANY.acme] }),
      'without a user': () => sign({ ...good, sub: undefined }),
      'of a module': () => sign({ ...good, sub: 'module:finance' }),
      'without versions': () => sign({ ...good, versions: undefined }),
      'of a user whose tokens were revoked': () => sign({ ...good, versions: { token: 7 } }),
      'alg none': () =>
        Promise.resolve(
          `${part({ alg: 'none', typ: 'JWT' })}.${part({ ...good, iss: 'gateway', exp: now() + 9 })}.`,
        ),
      'HS256 with the public key': async () => {
        const secret = Buffer.from(own.x!, 'base64url');
        return sign(good, { kty: 'oct', k: secret.toString('base64url') }, 'HS256');
      },
      "a user's token": () => stage.token('ana'),
    };
    for (const [what, make] of Object.entries(WORTHLESS)) {
      it(`${what}: 401`, async () => {
        const seen = stage.seen.length;
        expect(await refused(await send({}, await make()))).to.include({ status: 401, code: 'unauthorized' });
        expect(stage.seen.length).to.equal(seen);
      });
    }

    it('twice: 401', async () => {
      const twice = await assertion({});
      const [head = ''] = rawRequest(EVENTS, {
        authorization: `Bearer ${await signToken(stage.key, 'module:finance')}`,
        'x-org': COMPANY.acme,
        'x-kisum-on-behalf-of': twice,
      }).split('\r\n\r\n');
      const answer = await raw(stage.gateway.url, `${head}\r\nX-Kisum-On-Behalf-Of: ${twice}\r\n\r\n`);
      expect(firstAnswer(answer).status).to.equal(401);
    });

    it("ends with the user's tokens", async () => {
      const made = await assertion({ user: 'ben' });
      expect((await send({ user: 'ben' }, made)).status).to.equal(200);
      await revokeTokens(stage.db, USER.ben, 'test');
      await until(async () => (await send({ user: 'ben' }, made)).status === 401);
    });
  });

  describe("a frontend's token", () => {
    it('with an assertion beside it is a frontend token and nothing more', async () => {
      const headers = { 'x-kisum-on-behalf-of': await assertion({ user: 'ana' }) };
      const lee = await refused(await stage.call(EVENTS, { user: 'drew', headers }));
      expect(lee.reasons).to.deep.equal(['no_membership']);
      const cleo = await refused(await stage.call(EVENTS, { user: 'cleo', company: 'bluenote', headers }));
      expect(cleo.reasons![0]).to.equal('module_not_entitled');
      await stage.call(EVENTS, { headers });
      expect(claimsIn(stage.seen.at(-1)!)).to.not.have.property('caller');
    });

    for (const sub of [
      'module:',
      'module:Finance',
      'module:finance ',
      'module:finance,ai',
      'module:__proto__',
    ]) {
      it(`with "${sub}" for a subject is none: 401`, async () => {
        const authorization = `Bearer ${await signToken(stage.key, sub)}`;
        const headers = { authorization, 'x-kisum-on-behalf-of': await assertion({}) };
        expect((await refused(await stage.call(EVENTS, { user: null, headers }))).status).to.equal(401);
      });
    }
  });
});
