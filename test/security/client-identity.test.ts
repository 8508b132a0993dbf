import { expect } from 'chai';
import { decodeJwt } from 'jose';
import { firstAnswer, raw } from '../support/raw.ts';
import { COMPANY, openStage, USER, type Stage } from '../support/stage.ts';

const FOREIGN = '22222222-2222-4222-8222-222222222222';
const DREW = 'aaaaaaaa-0000-4000-8000-000000000004';

/** Headers by which a client may try to be someone else, or to reach past the gateway. None may arrive. */
const FORGED: [name: string, value: string][] = [
  ['x-user-id', DREW],
  ['X-User-Id', DREW],
  ['x-user-email', 'x@y.z'],
  ['x-user-roles', 'ADMIN'],
  ['x-kisum-assertion', 'forged'],
  ['X-KISUM-ASSERTION', 'forged'],
  ['x-kisum-company', FOREIGN],
  ['x-kisum-on-behalf-of', 'forged'],
  ['x-decision-id', 'forged'],
  ['x_org', FOREIGN],
  ['X_ORG', FOREIGN],
  ['x_kisum_assertion', 'forged'],
  ['x-kisum_assertion', 'forged'],
  ['x_user_id', DREW],
  ['content_type', 'text/html'],
  ['accept_language', 'xx'],
  ['if_match', 'forged'],
  ['mcp_session', 'forged'],
  ['cookie', 'session=1'],
  ['cookie2', '$Version=1'],
  ['forwarded', 'for=1.2.3.4;host=evil'],
  ['x-forwarded-for', '1.2.3.4'],
  ['x-forwarded-host', 'evil'],
  ['x-forwarded-proto', 'https'],
  ['x-forwarded-user', 'admin'],
  ['x-forwarded-prefix', '/admin'],
  ['x-real-ip', '1.2.3.4'],
  ['x-original-url', '/api/finance/expenses'],
  ['x-rewrite-url', '/api/finance/expenses'],
  ['x-http-method-override', 'DELETE'],
  ['x-tenant-id', FOREIGN],
  ['x-company-id', FOREIGN],
  ['x-internal-api-key', 'guess'],
  ['x-api-key', 'guess'],
  ['x-auth-request-user', 'admin'],
  ['remote-user', 'admin'],
  ['via', '1.1 evil'],
  ['proxy', 'http://evil'],
  ['__proto__', 'forged'],
  ['constructor', 'forged'],
  ['toString', 'forged'],
];

const WRITTEN_BY_GATEWAY = new Set(['x-kisum-assertion', 'x-decision-id']);

/** Headers an honest client sends, which arrive as they are. */
const HONEST: [name: string, value: string][] = [
  ['accept', 'application/json, text/plain;q=0.5'],
  ['accept-language', 'id, en;q=0.8'],
  ['accept-encoding', 'gzip, br'],
  ['content-type', 'application/json; charset=utf-8'],
  ['content-language', 'de'],
  ['if-match', '"abc"'],
  ['if-none-match', 'W/"x", "y"'],
  ['if-modified-since', 'Wed, 21 Oct 2015 07:28:00 GMT'],
  ['range', 'bytes=0-99'],
  ['idempotency-key', '7f1d3c'],
  ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
  ['tracestate', 'a=1,b=2'],
  ['last-event-id', '42'],
  ['mcp-session-id', 's1'],
  ['mcp-protocol-version', '2025-06-18'],
  ['user-agent', 'Kisum/1.0 (\xe9)'],
];

describe('identity comes from the gateway, never from the client', () => {
  let stage: Stage;
  let bearer: string;
  before(async function () {
    this.timeout(120_000);
    stage = await openStage();
    bearer = `Bearer ${await stage.token('ana')}`;
  });
  after(() => stage.close());
  beforeEach(() => (stage.seen.length = 0));

  const send = async (lines: [string, string][], target = '/api/promoter/events') => {
    const head = [`GET ${target} HTTP/1.1`, 'connection: close', ...lines.map(([k, v]) => `${k}: ${v}`)];
    return firstAnswer(await raw(stage.gateway.url, Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1')));
  };
  const good = (): [string, string][] => [
    ['host', 'gateway'],
    ['authorization', bearer],
    ['x-org', COMPANY.acme],
  ];
  const codeOf = (body: string) => (JSON.parse(body) as { error: { code: string } }).error.code;

  for (const [name, value] of FORGED) {
    it(`${name} does not arrive`, async () => {
      expect((await send([[name, value], ...good(), [name, value]])).status).to.equal(200);
      const { rawHeaders, headers } = stage.seen[0]!;
      const arrived = rawHeaders.filter((it, i) => i % 2 === 0 && it.toLowerCase() === name.toLowerCase());
      expect(arrived).to.have.length(WRITTEN_BY_GATEWAY.has(name.toLowerCase()) ? 1 : 0);
      expect(rawHeaders).to.not.include(value);
      const { sub, company, aud } = decodeJwt(headers['x-kisum-assertion'] as string);
      expect({ sub, company, aud }).to.deep.equal({ sub: USER.ana, company: COMPANY.acme, aud: 'promoter' });
    });
  }

  it('a backend gets one assertion, one decision id, one request id and its own host', async () => {
    await send([...good(), ['x-request-id', 'mine-1']]);
    const { rawHeaders, headers } = stage.seen[0]!;
    const names = rawHeaders.filter((_, i) => i % 2 === 0).map((it) => it.toLowerCase());
    for (const name of ['x-kisum-assertion', 'x-decision-id', 'x-request-id', 'host'])
      expect(names.filter((it) => it === name)).to.have.length(1);
    expect(headers.host).to.equal(new URL(stage.backend.url).host);
    expect(headers['x-request-id']).to.equal('mine-1');
    expect(names).to.not.include.members(['authorization', 'x-org']);
  });

  for (const [name, value] of HONEST) {
    it(`${name} arrives as sent`, async () => {
      expect((await send([...good(), [name, value]])).status).to.equal(200);
      expect(stage.seen[0]?.headers[name]).to.equal(value);
    });
  }

  it('x-org in any case names the same company', async () => {
    const lines = good().filter(([name]) => name !== 'x-org');
    expect((await send([...lines, ['X-Org', COMPANY.acme.toUpperCase()]])).status).to.equal(200);
  });

  for (const [what, values] of Object.entries({
    'twice with two companies': [COMPANY.acme, FOREIGN],
    'twice with the same': [COMPANY.acme, COMPANY.acme],
    'as a list': [`${COMPANY.acme}, ${FOREIGN}`],
    'empty and right': ['', COMPANY.acme],
    empty: [''],
    'as another spelling of a UUID': [COMPANY.acme.replaceAll('-', '')],
    'in braces': [`{${COMPANY.acme}}`],
    'with a path': [`${COMPANY.acme}/../${FOREIGN}`],
    'with a NUL escape': [`${COMPANY.acme}%00`],
    'as a prototype key': ['__proto__'],
  })) {
    it(`x-org ${what}: 400`, async () => {
      const lines = good().filter(([name]) => name !== 'x-org');
      const answer = await send([...lines, ...values.map((it): [string, string] => ['x-org', it])]);
      expect([answer.status, codeOf(answer.body)]).to.deep.equal([400, 'validation_error']);
      expect(stage.seen).to.deep.equal([]);
    });
  }

  it('a company in the query, the token or a twin header changes nothing', async () => {
    const token = await stage.token('ana', { company: FOREIGN, org: FOREIGN, 'x-org': FOREIGN });
    const lines: [string, string][] = [
      ...([
        ['host', 'g'],
        ['authorization', `Bearer ${token}`],
        ['x-org', COMPANY.acme],
        ['x_org', FOREIGN],
      ] as [string, string][]),
    ];
    expect((await send(lines, `/api/promoter/events?x-org=${FOREIGN}&company=${FOREIGN}`)).status).to.equal(
      200,
    );
    expect(decodeJwt(stage.seen[0]!.headers['x-kisum-assertion'] as string).company).to.equal(COMPANY.acme);
  });

  for (const [what, values] of Object.entries({
    'twice, bad then good': () => ['Bearer nonsense', bearer],
    'twice, good then bad': () => [bearer, 'Bearer nonsense'],
    'twice the same': () => [bearer, bearer],
    'as a list': () => [`${bearer}, ${bearer}`],
    'with another scheme': () => [bearer.replace('Bearer', 'Basic')],
    'without a scheme': () => [bearer.slice(7)],
    'with two tokens': () => [`${bearer} ${bearer.slice(7)}`],
    empty: () => [''],
    'with the scheme alone': () => ['Bearer'],
  })) {
    it(`authorization ${what}: 401`, async () => {
      const lines = good().filter(([name]) => name !== 'authorization');
      const answer = await send([...lines, ...values().map((it): [string, string] => ['authorization', it])]);
      expect([answer.status, codeOf(answer.body)]).to.deep.equal([401, 'unauthorized']);
      expect(answer.head.toLowerCase()).to.include('www-authenticate: bearer');
      expect(stage.seen).to.deep.equal([]);
    });
  }

  it('a token in the query, a cookie or another header is no token', async () => {
    const token = bearer.slice(7);
    const lines: [string, string][] = [
      ...([
        ['host', 'g'],
        ['x-org', COMPANY.acme],
        ['cookie', `token=${token}`],
        ['proxy-authorization', bearer],
        ['x-authorization', bearer],
        ['authorization_', bearer],
      ] as [string, string][]),
    ];
    expect((await send(lines, `/api/promoter/events?access_token=${token}&token=${token}`)).status).to.equal(
      401,
    );
  });

  for (const id of ['a b', 'a\tb', 'x'.repeat(129), '"', 'id=1;', '{"a":1}', 'ü', '../../x']) {
    it(`x-request-id ${JSON.stringify(id).slice(0, 20)} is replaced`, async () => {
      const { status, head } = await send([...good(), ['x-request-id', id]]);
      expect(status).to.equal(200);
      expect(/x-request-id: (.*)/i.exec(head)?.[1]).to.match(/^[0-9a-f-]{36}$/);
      expect(stage.seen[0]?.headers['x-request-id']).to.match(/^[0-9a-f-]{36}$/);
    });
  }

  it('x-request-id sent twice is replaced', async () => {
    const { head } = await send([...good(), ['x-request-id', 'a'], ['x-request-id', 'b']]);
    expect(/x-request-id: (.*)/i.exec(head)?.[1]).to.match(/^[0-9a-f-]{36}$/);
  });

  it('a public route reads no token and forwards no identity', async () => {
    const lines: [string, string][] = [
      ['host', 'g'],
      ['authorization', 'Bearer nonsense'],
      ['x-org', 'nonsense'],
      ['x-kisum-assertion', 'forged'],
    ];
    expect((await send(lines, '/api/checkout/plans')).status).to.equal(200);
    expect(stage.seen[0]?.headers).to.not.have.any.keys('authorization', 'x-org', 'x-kisum-assertion');
  });
});
