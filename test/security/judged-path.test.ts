import { expect } from 'chai';
import fc from 'fast-check';
import { buildPath, RouteTable } from '../../gateway/catalog/routes.ts';
import { Refusal } from '../../gateway/errors.ts';
import { parseTarget } from '../../gateway/request/target.ts';
import type { ManifestRoute } from '../../modules/manifest/manifest.ts';
import { firstAnswer, raw, rawRequest } from '../support/raw.ts';
import { COMPANY, openStage, type Stage } from '../support/stage.ts';

const ID = '0b8f1c3e-2d4a-4c6e-8f10-1a2b3c4d5e6f';

/** Two parsers could read these differently: 400, but only for someone who has a token. */
const AMBIGUOUS = [
  '/api/promoter/../finance/expenses',
  '/api/promoter/./events',
  '/api/promoter/events/..',
  '/api/promoter/events/.',
  '/..',
  '/api/promoter/%2e%2e/finance/expenses',
  '/api/promoter/%2E%2E/finance/expenses',
  '/api/promoter/.%2e/finance/expenses',
  '/api/promoter/%2e/events',
  '/api%2fpromoter/events',
  '/api/promoter%2Fevents',
  '/api/promoter/..%2ffinance/expenses',
  '/api/promoter\\events',
  '/api/promoter/..\\finance\\expenses',
  '/api/promoter%5cevents',
  '/api/promoter/%5C..%5Cfinance',
  '/api/promoter;a=b/events',
  '/api/promoter/events;jsessionid=1',
  '/api/promoter/..;/finance/expenses',
  '/api/promoter/events%3b',
  '/api/promoter/events%00',
  '/api/promoter/events%00.png',
  '/api/promoter/%00/events',
  '/api/promoter/events%0a',
  '/api/promoter/events%0d%0ax-org:%201',
  '/api/promoter/events%09',
  '/api/promoter/events%7f',
  '/api/promoter/%252e%252e/finance',
  '/api/promoter%252fevents',
  '/api/promoter/%255c..',
  '/api/promoter/%25252e%25252e/finance',
  '/api/promoter/events%2500',
  '/api/promoter/events%253b',
  '/api/promoter/%c0%ae%c0%ae/finance',
  '/api/promoter%c0%afevents',
  '/api/promoter/%e0%80%af',
  '/api/promoter/%f0%80%80%af',
  '/api/promoter/%ed%a0%80',
  '/api/promoter/%ff',
  '/api/promoter/%c3',
  '/api/promoter/%',
  '/api/promoter/%2',
  '/api/promoter/%zz',
  '/api/promoter/%u002e%u002e',
  '/api/promoter/events#x',
  '/api/promoter/events?a=1#x',
  '/api/promoter/ev"ents',
  '/api/promoter/<events>',
  '/api/promoter/{id}',
  '/api/promoter/events|x',
  '/api/promoter/events^',
  '/api/promoter/`events`',
  'http://gateway/api/promoter/events',
  'HTTP://gateway/api/promoter/events',
  'https://127.0.0.1/api/promoter/events',
  'http://gateway/healthz',
  'http://gateway/readyz',
  'http://gateway/.well-known/gateway-jwks.json',
  'http://a:b@c:99999/',
  '/healthz#x',
  '/healthz/../api/promoter/events',
  '*',
];

/** Unambiguous, and not declared: 404. */
const UNKNOWN = [
  '/api/promoter/events/',
  '/api/promoter/Events',
  '/API/promoter/events',
  '/api/Promoter/events',
  '//api/promoter/events',
  '/api//promoter/events',
  '/api/promoter//events',
  '/api/promoter/events//',
  '/api/promoter/events.json',
  '/api/promoter/events%20',
  '/api/promoter/%20events',
  '/api/promoter/events%3f',
  '/api/promoter/events%23',
  '/api/promoter/events%26',
  '/api/promoter/events/...',
  '/api/promoter/events/not-a-uuid',
  `/api/promoter/events/${ID}x`,
  `/api/promoter/events/${ID}/more`,
  '/api/promoter/events/%F0%9F%8E%AB',
  '/api/promoter',
  '/api/',
  '/api',
  '/',
  '/healthz/',
  '/Healthz',
  '/metrics',
  '/internal/me/access',
  '/__proto__',
  '/api/__proto__/constructor',
  '/api/promoter/constructor',
];

/** Legal, if unusual, and forwarded in the canonical spelling. */
const PASSES: [sent: string, forwarded: string][] = [
  ['/api/promoter/events', '/api/promoter/events'],
  ['/api/%70romoter/events', '/api/promoter/events'],
  ['/%61pi/promoter/%65vents', '/api/promoter/events'],
  [`/api/promoter/events/${ID}`, `/api/promoter/events/${ID}`],
  [`/api/promoter/events/${ID.toUpperCase()}`, `/api/promoter/events/${ID.toUpperCase()}`],
  [`/api/promoter/events/${ID.replaceAll('-', '%2d')}`, `/api/promoter/events/${ID}`],
  ['/api/promoter/events?', '/api/promoter/events'],
  ['/api/promoter/events?limit=1&limit=2&x=&y&=z', '/api/promoter/events?limit=1&limit=2&x=&y&=z'],
  ['/api/promoter/events?b=2&a=1&b=1', '/api/promoter/events?b=2&a=1&b=1'],
  ['/api/promoter/events?q=a+b%20c', '/api/promoter/events?q=a+b%20c'],
  ['/api/promoter/events?q=%zz', '/api/promoter/events?q=%25zz'],
  ['/api/promoter/events?q=100%', '/api/promoter/events?q=100%25'],
  ['/api/promoter/events?q=%c3%a9', '/api/promoter/events?q=%C3%A9'],
  ['/api/promoter/events?q=%2e%2e%2f', '/api/promoter/events?q=%2E%2E%2F'],
  ['/api/promoter/events?q=../../etc&r=a\\b;c', '/api/promoter/events?q=../../etc&r=a%5Cb%3Bc'],
  ['/api/promoter/events?q="<>"', '/api/promoter/events?q=%22%3C%3E%22'],
  ['/api/promoter/events?filter[a]=1|2', '/api/promoter/events?filter%5Ba%5D=1%7C2'],
  ['/api/promoter/events?u=http://x/?y=1', '/api/promoter/events?u=http://x/?y=1'],
  ['/api/promoter/events?__proto__=1&constructor=2', '/api/promoter/events?__proto__=1&constructor=2'],
  ['/api/promoter/events?a%26b=c%3Dd%26e', '/api/promoter/events?a%26b=c%3Dd%26e'],
  ['/api/promoter/events?%0d%0ax-org:1', '/api/promoter/events?%0D%0Ax-org:1'],
  [`/api/promoter/events?q=${'x'.repeat(8000)}`, `/api/promoter/events?q=${'x'.repeat(8000)}`],
];

describe('the path that is judged is the path that is forwarded', () => {
  let stage: Stage;
  let headers: Record<string, string>;
  before(async function () {
    this.timeout(120_000);
    stage = await openStage();
    headers = { authorization: `Bearer ${await stage.token('ana')}`, 'x-org': COMPANY.acme };
  });
  after(() => stage.close());
  beforeEach(() => (stage.seen.length = 0));

  /** Bytes, so that no client library tidies the target up. */
  const ask = async (target: string, sent: Record<string, string>) =>
    firstAnswer(await raw(stage.gateway.url, Buffer.from(rawRequest(target, sent), 'latin1')));

  for (const target of AMBIGUOUS) {
    it(`refuses ${JSON.stringify(target).slice(1, -1)}: 400, and 401 for a stranger`, async () => {
      expect((await ask(target, {})).status).to.equal(401);
      const { status, body } = await ask(target, headers);
      expect(status).to.equal(400);
      expect(JSON.parse(body)).to.have.nested.property('error.code', 'validation_error');
      expect(stage.seen).to.deep.equal([]);
    });
  }

  for (const target of [
    ...['/api/promoter/events\x00', '/api/promoter\x01/events', '/api/promoter/events\x7f'],
    ...['/api/promoter/\xe9v\xe9nements', '/api/promoter/events?q=\xc3\xa9', '/api/\xc0\xae\xc0\xae/finance'],
  ]) {
    it(`refuses the bytes of ${JSON.stringify(target)}`, async () => {
      expect((await ask(target, headers)).status).to.equal(400);
      expect(stage.seen).to.deep.equal([]);
    });
  }

  for (const target of UNKNOWN) {
    it(`does not know ${target}: 404, and 401 for a stranger`, async () => {
      expect((await ask(target, {})).status).to.equal(401);
      expect((await ask(target, headers)).status).to.equal(404);
      expect(stage.seen).to.deep.equal([]);
    });
  }

  for (const [sent, forwarded] of PASSES) {
    it(`passes ${JSON.stringify(sent).slice(1, 70)}`, async () => {
      expect((await ask(sent, headers)).status).to.equal(200);
      expect(stage.seen.map(({ url }) => url)).to.deep.equal([forwarded]);
    });
  }

  it('refuses a target longer than any honest one: 414', async () => {
    const { status, body } = await ask(`/api/promoter/events?q=${'x'.repeat(9000)}`, headers);
    expect(status).to.equal(414);
    expect(JSON.parse(body)).to.have.nested.property('error.code', 'uri_too_long');
  });

  it('whatever is sent: a backend sees a declared, canonical path or nothing, and nobody sees a 5xx', async function () {
    this.timeout(120_000);
    const piece = fc.constantFrom(
      ...['api', 'promoter', 'events', 'finance', 'expenses', ID, '/', '/', '/', '//', '.', '..', ';', '\\'],
      ...[
        '%',
        '%2e',
        '%2f',
        '%5c',
        '%25',
        '%00',
        '%c3%a9',
        '%70',
        '?',
        '#',
        ' ',
        '*',
        'http://',
        '@',
        ':',
        '[',
        '+',
      ],
    );
    const target = fc.oneof(
      fc.array(piece, { minLength: 1, maxLength: 12 }).map((it) => it.join('')),
      fc.array(piece, { maxLength: 5 }).map((it) => `/api/promoter/events${it.join('')}`),
      fc.array(piece, { maxLength: 5 }).map((it) => `/api/${it.join('')}/promoter/events`),
    );
    const declared =
      /^\/api\/(?:promoter\/events|finance\/expenses)(?:\/[0-9a-f-]{36})?(?:\?[^#\s"<>\\]*)?$/i;
    await fc.assert(
      fc.asyncProperty(target, async (it) => {
        stage.seen.length = 0;
        const { status } = await ask(it, headers);
        expect(status).to.be.within(200, 499);
        for (const { url } of stage.seen) expect(url).to.match(declared);
        expect(stage.seen).to.have.length(status === 200 && declared.test(stage.seen[0]?.url ?? '') ? 1 : 0);
      }),
      { numRuns: 300 },
    );
  });
});

const route = (path: string): ManifestRoute => ({
  id: path,
  method: 'GET',
  path,
  service: 's',
  access: 'public',
  headers: [],
});

describe('the canonical spelling of a target', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
  const segment = text.map(encodeURIComponent).filter(isAccepted);
  const accepted = fc
    .tuple(fc.array(segment, { minLength: 1, maxLength: 5 }), fc.string({ maxLength: 30 }))
    .map(([segments, query]) => `/${segments.join('/')}?${query.replaceAll('#', '')}`);

  it('is the same when parsed again', () => {
    fc.assert(
      fc.property(accepted, (it) => {
        const { path, query } = parseTarget(it);
        expect(parseTarget(query === '' ? path : `${path}?${query}`)).to.deep.equal({ path, query });
      }),
    );
  });

  it('decodes to what was sent, for every reader', () => {
    fc.assert(
      fc.property(accepted, (it) => {
        const { path } = parseTarget(it);
        expect(decodeURIComponent(path)).to.equal(decodeURIComponent(it.slice(0, it.indexOf('?'))));
        expect(new URL(`http://x${path}`).pathname).to.equal(path);
      }),
    );
  });

  it('keeps the pairs of a query, their order and their bytes', () => {
    const pair = fc.tuple(text, text).map((it) => it.map(encodeURIComponent).join('='));
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 6 }), (pairs) => {
        const { query } = parseTarget(`/x?${pairs.join('&')}`);
        const read = (it: string) => [...new URLSearchParams(it)];
        expect(read(query)).to.deep.equal(read(pairs.join('&')));
      }),
    );
  });

  it('is refused, never thrown about, for any other string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (it) => {
        try {
          parseTarget(`/${it}`);
        } catch (error) {
          expect(error).to.be.instanceOf(Refusal);
        }
      }),
    );
  });

  /** Each type with what it accepts. */
  const PARAMETERS: Record<string, fc.Arbitrary<string>> = {
    uuid: fc.uuid(),
    slug: fc.stringMatching(/^[a-z0-9]{1,8}(?:[-_][a-z0-9]{1,8}){0,3}$/),
    integer: fc.integer().map(String),
    string: text.filter((it) => isAccepted(encodeURIComponent(it))),
  };

  for (const [type, values] of Object.entries(PARAMETERS)) {
    it(`a {${type}} parameter is rebuilt exactly as judged`, () => {
      const routes = new RouteTable([
        route(`/api/m/{id:${type}}`),
        route(`/api/m/{id:${type}}/notes/{note:${type}}`),
      ]);
      fc.assert(
        fc.property(values, values, (id, note) => {
          for (const target of [
            `/api/m/${encodeURIComponent(id)}`,
            `/api/m/${encodeURIComponent(id)}/notes/${encodeURIComponent(note)}`,
          ]) {
            const { path } = parseTarget(target);
            const match = routes.find('GET', path);
            expect(match?.params.id).to.equal(id);
            expect(buildPath(match!)).to.equal(path);
          }
        }),
      );
    });
  }

  it('a {path} parameter takes the rest, segment by segment', () => {
    const routes = new RouteTable([route('/api/m/files/{rest:path}')]);
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (segments) => {
        const { path } = parseTarget(`/api/m/files/${segments.join('/')}`);
        const match = routes.find('GET', path);
        expect(match, path).to.exist;
        expect(buildPath(match!)).to.equal(path);
      }),
    );
  });

  it('a {slug} parameter matches nothing else', () => {
    const routes = new RouteTable([route('/s/{id:slug}')]);
    for (const slug of ['A', '-a', 'a-', 'a--b', '%C3%A9', 'a%20b', 'a.b', ''])
      expect(routes.find('GET', `/s/${slug}`), slug).to.equal(undefined);
  });

  it('a typed parameter matches nothing else', () => {
    const routes = new RouteTable([route('/u/{id:uuid}'), route('/i/{id:integer}')]);
    const misses = [
      ...[`/u/${ID}0`, '/u/x', '/u/', `/u/${ID}%0A`, `/u/${ID}/`],
      ...['/i/1.5', '/i/1e3', '/i/0x1', '/i/%2B1', '/i/--1', '/i/9999999999999999', '/i/%D9%A1'],
    ];
    for (const path of misses) expect(routes.find('GET', path), path).to.equal(undefined);
  });
});

function isAccepted(segment: string): boolean {
  try {
    parseTarget(`/${segment}`);
    return true;
  } catch {
    return false;
  }
}
