import { createHmac } from 'node:crypto';
import type { Headers } from '../lab/http.ts';
import { refused } from '../lab/judge.ts';
import { A, type Alteration, type Lab, type Person, type Way } from '../lab/lab.ts';
import type { ProbedRoute } from '../lab/sample.ts';
import { signingInput, signingKey } from '../world/keys.ts';
import { notAsked, type RouteProbe, trial } from './probe.ts';

const UNAUTHORIZED = refused(401);

const strangers = { token: signingKey('RS256', 'stranger'), assertion: signingKey('EdDSA', 'stranger') };

/** 1: no credential, or not exactly one, or in the wrong place. */
export const oneCredential: RouteProbe = {
  rule: 'KSM-P01',
  async run(lab, route) {
    if (route.access === 'public') return undefined;
    const person = lab.person();
    const org: Headers = [['x-org', person.company]];
    const [[, bearer]] = lab.credentials(route, person, 'token') as [[string, string]];
    const [assertion] = lab.credentials(route, person, 'assertion') as [[string, string]];
    const token = bearer.slice('Bearer '.length);
    const path = await lab.call(route, { credentials: org }).then(({ sent }) => sent.path);
    const cases: [string, Headers, string?][] = [
      ['no credential', org],
      ['an empty authorization', [['authorization', ''], ...org]],
      ['Basic', [['authorization', `Basic ${Buffer.from('ana:secret').toString('base64')}`], ...org]],
      ['a token under another scheme', [['authorization', `Token ${token}`], ...org]],
      ['a token without a scheme', [['authorization', token], ...org]],
      ['two authorization headers', [['authorization', bearer], ['authorization', bearer], ...org]],
      ['two assertions', [assertion, assertion]],
      ['an empty assertion', [['x-kisum-assertion', ''], ...org]],
      ['a token in the query', org, `${path}?access_token=${token}&token=${token}`],
      ['a token in a cookie', [['cookie', `token=${token}; access_token=${token}`], ...org]],
      [
        'an identity in plain headers',
        [['x-user-id', person.userId], ['x-kisum-user', person.userId], ...org],
      ],
    ];
    const trials = cases.map(([what, credentials, at]) =>
      trial(what, lab.call(route, { credentials, ...(at !== undefined && { path: at }) }), UNAUTHORIZED),
    );
    return [...(await Promise.all(trials)), notAsked(lab, person.userId)];
  },
};

/** 2: forged, stale, meant for somebody else. */
export const rightToken: RouteProbe = {
  rule: 'KSM-P02',
  async run(lab, route) {
    if (route.access === 'public') return undefined;
    const person = lab.person();
    const cases = [
      ...alterations('token', lab.world.authKey.kid).map((it) => altered(lab, route, person, 'token', it)),
      ...[...alterations('assertion', lab.world.gatewayKey.kid), ...limits(route)].map((it) =>
        altered(lab, route, person, 'assertion', it),
      ),
      ...mangled(lab, route, person),
    ];
    const trials = cases.map(([what, credentials]) =>
      trial(what, lab.call(route, { credentials }), UNAUTHORIZED),
    );
    return [...(await Promise.all(trials)), notAsked(lab, person.userId)];
  },
};

type Named<T> = [what: string, value: T];

function altered(
  lab: Lab,
  route: ProbedRoute,
  person: Person,
  way: Way,
  [what, it]: Named<Alteration>,
): Named<Headers> {
  return [`${A[way]} ${what}`, lab.credentials(route, person, way, it)];
}

function alterations(way: Way, kid: string): Named<Alteration>[] {
  const now = Math.floor(Date.now() / 1000);
  const key = strangers[way];
  return [
    ['that is expired', { claims: { iat: now - 900, exp: now - 600 } }],
    ['of the future (nbf)', { claims: { nbf: now + 600 } }],
    ['of the future (iat)', { claims: { iat: now + 600, exp: now + 625 } }],
    ['of another issuer', { claims: { iss: 'https://elsewhere.test' } }],
    ['for another audience', { claims: { aud: 'somebody-else' } }],
    ['without an expiry', { claims: { exp: undefined } }],
    ['without a subject', { claims: { sub: undefined } }],
    ['whose subject is no user', { claims: { sub: 'module:finance' } }],
    ['of an unknown key', { key, header: { kid: key.kid } }],
    ['of another key under the known id', { key, header: { kid } }],
    ['with a critical extension nobody knows', { header: { crit: ['exp'], exp: now } }],
    ...(way === 'assertion'
      ? ([
          ['that lives an hour', { claims: { exp: now + 3600 } }],
          ['whose permissions are text', { claims: { permissions: 'all' } }],
        ] as Named<Alteration>[])
      : []),
  ];
}

/** Whoever takes a limit that cannot be read for none lets everybody see everything. */
function limits({ access }: ProbedRoute): Named<Alteration>[] {
  if (access !== 'module') return [];
  return [
    ['that says nothing of business units', { claims: { units: undefined } }],
    ['whose units are text', { claims: { units: 'main' } }],
    ['whose units are no keys', { claims: { units: ['*'] } }],
  ];
}

/** What is no altered claim but an altered token. */
function mangled(lab: Lab, route: ProbedRoute, person: Person): Named<Headers>[] {
  const ways: Way[] = ['token', 'assertion'];
  return ways.flatMap((way): Named<Headers>[] => {
    const [[name, value], ...org] = lab.credentials(route, person, way) as [[string, string], ...Headers];
    const scheme = way === 'token' ? 'Bearer ' : '';
    const token = value.slice(scheme.length);
    const [head = '', body = '', signature = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
    const publicJwk = (way === 'token' ? lab.world.authKey : lab.world.gatewayKey).publicJwk;
    const hmacInput = signingInput({ alg: 'HS256', typ: 'JWT', kid: publicJwk.kid }, claims);
    const hmac = createHmac('sha256', JSON.stringify(publicJwk)).update(hmacInput).digest('base64url');
    const cases: Named<string>[] = [
      ['with alg none', `${signingInput({ alg: 'none', typ: 'JWT' }, claims)}.`],
      ['with alg none and a signature', `${signingInput({ alg: 'none', typ: 'JWT' }, claims)}.${signature}`],
      ['signed with the public key (HS256)', `${hmacInput}.${hmac}`],
      ['cut short', token.slice(0, -20)],
      ['without a signature', `${head}.${body}`],
      ['whose claims were changed', `${head}.${swapped(claims)}.${signature}`],
      ['of 8 KB', `${token}${'A'.repeat(8192)}`],
      ['that is none', 'x.y.z'],
    ];
    return cases.map(([what, text]) => [`${A[way]} ${what}`, [[name, scheme + text], ...org]]);
  });
}

function swapped(claims: object): string {
  const other = { ...claims, sub: 'eeeeeeee-0000-4000-8000-000000000000' };
  return Buffer.from(JSON.stringify(other)).toString('base64url');
}
