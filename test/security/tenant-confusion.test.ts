import { expect } from 'chai';
import fc from 'fast-check';
import { Client } from 'undici';
import { claimsIn } from '../support/assertion.ts';
import { refused } from '../support/refused.ts';
import { firstAnswer, raw, rawRequest } from '../support/raw.ts';
import type { Seen } from '../support/servers.ts';
import { COMPANY, openStage, USER, type Stage } from '../support/stage.ts';

interface Ask {
  user: keyof typeof USER;
  company: keyof typeof COMPANY;
  path: string;
}

const EVENTS = '/api/promoter/events';
const VENUES = '/api/venue/venues';
const EXPENSES = '/api/finance/expenses';
const all = (entity: string) => ['create', 'delete', 'update', 'view'].map((action) => `${entity}.${action}`);

/** Who may what where: the role and permissions the module must hear, or the first reason of the refusal. */
const TRUTH: (Ask & ({ role: string; permissions: string[] | 'all' } | { reason: string }))[] = [
  { user: 'ana', company: 'acme', path: EVENTS, role: 'ADMIN', permissions: all('promoter.event') },
  { user: 'ana', company: 'acme', path: EXPENSES, role: 'ADMIN', permissions: 'all' },
  { user: 'ana', company: 'acme', path: VENUES, reason: 'module_not_entitled' },
  { user: 'ana', company: 'bluenote', path: VENUES, reason: 'no_membership' },
  { user: 'ana', company: 'bluenote', path: EVENTS, reason: 'no_membership' },
  { user: 'ben', company: 'acme', path: EXPENSES, role: 'MEMBER', permissions: ['finance.expense.view'] },
  { user: 'ben', company: 'acme', path: EVENTS, reason: 'module_not_granted' },
  { user: 'cleo', company: 'acme', path: EVENTS, role: 'MEMBER', permissions: ['promoter.event.view'] },
  { user: 'cleo', company: 'acme', path: EXPENSES, reason: 'module_not_granted' },
  { user: 'cleo', company: 'acme', path: VENUES, reason: 'module_not_entitled' },
  { user: 'cleo', company: 'bluenote', path: VENUES, role: 'ADMIN', permissions: 'all' },
  { user: 'cleo', company: 'bluenote', path: EVENTS, reason: 'module_not_entitled' },
  { user: 'cleo', company: 'bluenote', path: EXPENSES, reason: 'module_not_entitled' },
  { user: 'drew', company: 'acme', path: EVENTS, reason: 'no_membership' },
  { user: 'sol', company: 'acme', path: EVENTS, reason: 'no_membership' },
];

describe('tenant confusion', () => {
  let stage: Stage;
  const tokens = new Map<string, string>();
  before(async () => {
    stage = await openStage();
    for (const user of Object.keys(USER) as (keyof typeof USER)[]) tokens.set(user, await stage.token(user));
  });
  after(() => stage.close());

  const headersOf = ({ user, company }: Ask) => ({
    authorization: `Bearer ${tokens.get(user)}`,
    'x-org': COMPANY[company],
  });

  /** Throws unless the answer is this question's own. */
  function check(truth: (typeof TRUTH)[number], status: number, body: string): void {
    if ('reason' in truth) {
      const { error } = JSON.parse(body) as { error: { reasons: string[] } };
      expect({ status, reason: error.reasons[0] }).to.deep.equal({ status: 403, reason: truth.reason });
      return;
    }
    expect(status).to.equal(200);
    const { sub, company, role, permissions, aud } = claimsIn(JSON.parse(body) as Seen);
    const module = truth.path.split('/')[2]!;
    expect({ sub, company, role, aud }).to.deep.equal({
      sub: USER[truth.user],
      company: COMPANY[truth.company],
      role: truth.role,
      aud: module,
    });
    if (truth.permissions === 'all') expect(permissions!.length).to.be.greaterThan(8);
    else expect(permissions).to.have.members(truth.permissions);
    expect(permissions!.filter((key) => !key.startsWith(`${module}.`))).to.deep.equal([]);
  }

  it('200 mixed requests at once, pipelined on one connection, each with its own answer', async () => {
    const client = new Client(stage.gateway.url, { pipelining: 100 });
    await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const truth = TRUTH[(i * 7) % TRUTH.length]!;
        const { statusCode, body } = await client.request({
          path: truth.path,
          method: 'GET',
          headers: headersOf(truth),
        });
        check(truth, statusCode, await body.text());
      }),
    );
    await client.close();
  });

  it('any sequence of people and companies, whatever is remembered from before', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ truth: fc.constantFrom(...TRUTH), upper: fc.boolean() }), { maxLength: 12 }),
        async (asks) => {
          for (const { truth, upper } of asks) {
            const { authorization, 'x-org': org } = headersOf(truth);
            const headers = { authorization, 'x-org': upper ? org.toUpperCase() : org };
            const response = await fetch(stage.gateway.url + truth.path, { headers });
            check(truth, response.status, await response.text());
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  describe('the company comes from one x-org header and nowhere else', () => {
    const bluenote = COMPANY.bluenote;
    const ELSEWHERE: Record<string, { path?: string; headers?: Record<string, string>; body?: string }> = {
      'the query': { path: `${EVENTS}?x-org=${bluenote}&org=${bluenote}&company_id=${bluenote}` },
      'a cookie': { headers: { cookie: `x-org=${bluenote}` } },
      'another header': { headers: { 'x-company': bluenote, 'x-tenant-id': bluenote, x_org: bluenote } },
      'an assertion of the client': { headers: { 'x-kisum-assertion': bluenote } },
    };
    for (const [where, { path = EVENTS, headers = {} }] of Object.entries(ELSEWHERE)) {
      it(`${where} does not change it`, async () => {
        const response = await stage.call(path, { headers });
        expect(claimsIn((await response.json()) as Seen).company).to.equal(COMPANY.acme);
      });

      it(`${where} does not stand in for it: 400`, async () => {
        expect(await refused(await stage.call(path, { company: null, headers }))).to.include({
          status: 400,
          code: 'validation_error',
        });
      });
    }

    it('the body does not change it', async () => {
      const response = await stage.call(EVENTS, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ 'x-org': bluenote, companyId: bluenote }),
      });
      expect(claimsIn((await response.json()) as Seen).company).to.equal(COMPANY.acme);
    });

    it('a claim in the token does not change it', async () => {
      const authorization = `Bearer ${await stage.token('ana', { org: bluenote, company: bluenote })}`;
      const response = await stage.call(EVENTS, { user: null, headers: { authorization } });
      expect(claimsIn((await response.json()) as Seen).company).to.equal(COMPANY.acme);
    });

    const MALFORMED: Record<string, string> = {
      'two ids': `${COMPANY.acme}, ${bluenote}`,
      'an id and more': `${COMPANY.acme}x`,
      'a name': 'acme',
      'no dashes': COMPANY.acme.replaceAll('-', ''),
      braces: `{${COMPANY.acme}}`,
      nothing: '',
      SQL: "' or true --",
      __proto__: '__proto__',
    };
    for (const [what, org] of Object.entries(MALFORMED)) {
      it(`${what}: 400`, async () => {
        const response = await stage.call(EVENTS, { company: null, headers: { 'x-org': org } });
        expect(await refused(response)).to.include({ status: 400, code: 'validation_error' });
      });
    }

    it('twice, even the same: 400', async () => {
      const [once = '', end] = rawRequest(EVENTS, {
        authorization: `Bearer ${tokens.get('ana')}`,
        'x-org': COMPANY.acme,
      }).split('\r\n\r\n');
      const answer = await raw(stage.gateway.url, `${once}\r\nX-Org: ${COMPANY.acme}\r\n\r\n${end}`);
      expect(firstAnswer(answer).status).to.equal(400);
    });

    it('in upper case it is the same company, heard in lower case', async () => {
      const response = await stage.call(EVENTS, { headers: { 'x-org': COMPANY.acme.toUpperCase() } });
      expect(claimsIn((await response.json()) as Seen).company).to.equal(COMPANY.acme);
    });
  });

  it('what another company is, or whether it is, is not told: the answers are the same bytes', async () => {
    const answers = new Set<string>();
    for (const org of [COMPANY.bluenote, COMPANY.lapsed, '99999999-9999-4999-8999-999999999999']) {
      const headers = { 'x-org': org, 'x-request-id': 'same' };
      const response = await stage.call(EVENTS, { company: null, headers });
      const body = (await response.text()).replace(/"decisionId":"[^"]+"/, '');
      answers.add(`${response.status} ${response.headers.get('content-length')} ${body}`);
    }
    expect(answers.size).to.equal(1);
  });
});
