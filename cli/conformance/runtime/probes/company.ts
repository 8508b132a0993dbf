import { randomUUID } from 'node:crypto';
import type { Headers } from '../lab/http.ts';
import { refused } from '../lab/judge.ts';
import { WAYS } from '../lab/lab.ts';
import { notAsked, onModuleRoutes, type RouteProbe, trial } from './probe.ts';

const MALFORMED = ['', 'acme', '*', '1 or 1=1', '11111111-1111-4111-8111-11111111111', '../../admin'];

/** 3: which company is meant is never guessed. */
export const oneCompany: RouteProbe = {
  rule: 'KSM-P03',
  run: onModuleRoutes(async (lab, route) => {
    const person = lab.person();
    const { company } = person;
    const [bearer] = lab.credentials(route, person, 'token') as [[string, string]];
    const [assertion] = lab.credentials(route, person, 'assertion') as [[string, string]];
    const path = `?x-org=${company}&org=${company}&companyId=${company}`;
    const cases: [string, Headers, string?][] = [
      ['no x-org', [bearer]],
      ['the company in the query alone', [bearer], path],
      ['the company under another name', [bearer, ['x-company-id', company], ['x-tenant', company]]],
      ['x-org twice', [bearer, ['x-org', company], ['x-org', company]]],
      ['two companies', [bearer, ['x-org', company], ['x-org', randomUUID()]]],
      ['a list of companies', [bearer, ['x-org', `${company}, ${randomUUID()}`]]],
      ...MALFORMED.map((text): [string, Headers] => [`x-org: ${text}`, [bearer, ['x-org', text]]]),
      ['an assertion, and another x-org than its company', [assertion, ['x-org', randomUUID()]]],
      ['an assertion, and x-org twice', [assertion, ['x-org', company], ['x-org', company]]],
      ['an assertion, and x-org: acme', [assertion, ['x-org', 'acme']]],
    ];
    const canonical = (await lab.call(route, {})).sent.path;
    const trials = cases.map(([what, credentials, query]) =>
      trial(
        what,
        lab.call(route, { credentials, ...(query !== undefined && { path: `${canonical}${query}` }) }),
        refused(400),
      ),
    );
    return [...(await Promise.all(trials)), notAsked(lab, person.userId)];
  }),
};

/** 19: everything wrong at once, one fault after the other taken away. */
export const order: RouteProbe = {
  rule: 'KSM-P19',
  run: onModuleRoutes(async (lab, route) => {
    const nobody = lab.person({ modules: [], permissions: [] });
    const wrong = { body: 'not json', id: 'not-an-id' };
    const org: Headers = [['x-org', 'not-a-company']];
    const trials = WAYS.map(async (way) => {
      const [proof] = lab.credentials(route, nobody, way) as [[string, string]];
      const forged: Headers[number] = [proof[0], `${proof[1].slice(0, -30)}${'A'.repeat(30)}`];
      const right = lab.credentials(route, nobody, way);
      return Promise.all([
        trial(
          `${way}, company, access and request all wrong`,
          lab.call(route, { ...wrong, credentials: [forged, ...org] }),
          refused(401),
        ),
        trial(
          `a right ${way}; company, access and request wrong`,
          lab.call(route, { ...wrong, credentials: [proof, ...org] }),
          refused(400),
        ),
        trial(
          `a right ${way} and company; access and request wrong`,
          lab.call(route, { ...wrong, person: nobody, credentials: right }),
          refused(403),
        ),
      ]);
    });
    return (await Promise.all(trials)).flat();
  }),
};
