import { refused } from '../lab/judge.ts';
import { type Lab, type Person, type Way, WAYS } from '../lab/lab.ts';
import type { ProbedRoute } from '../lab/sample.ts';
import { accessBody, granting, noMember } from '../world/auth.ts';
import { permissionsOf } from '../../../../modules/manifest/derive.ts';
import { onModuleRoutes, type RouteProbe, trial } from './probe.ts';
import { notLetIn } from './granted.ts';

const FORBIDDEN = refused(403);

/** 4: only Auth can say it; to the gateway's assertion it does not come. */
export const member: RouteProbe = {
  rule: 'KSM-P04',
  run: onModuleRoutes(async (lab, route) => {
    const person = lab.person({}, noMember);
    const body = await lab.body(route, person);
    return [
      await trial('no member of the company', lab.call(route, { person, way: 'token', body }), FORBIDDEN),
    ];
  }),
};

/** 5 */
export const moduleGranted: RouteProbe = {
  rule: 'KSM-P05',
  run: onModuleRoutes(async (lab, route) => {
    const { key } = lab.manifest;
    const others = [[], ['other'], [key.toUpperCase(), `${key}x`, ` ${key}`, '*'], [route.permission!]];
    const trials = others.map(async (modules) => {
      const person = lab.person({ modules });
      const body = await lab.body(route, person);
      return trial(
        `modules ${JSON.stringify(modules)}`,
        lab.call(route, { person, way: 'token', body }),
        FORBIDDEN,
      );
    });
    return Promise.all(trials);
  }),
};

/** 6 */
export const permissionGranted: RouteProbe = {
  rule: 'KSM-P06',
  run: onModuleRoutes(async (lab, route) => {
    const own = route.permission!;
    const [module = '', entity = ''] = own.split('.');
    const siblings = permissionsOf(lab.manifest).map(({ key }) => key);
    const cases: [string, string[]][] = [
      ['no permission', []],
      [`every permission but ${own}`, siblings.filter((key) => key !== own)],
      ['its prefixes', [module, `${module}.`, `${module}.${entity}`, `${module}.${entity}.`]],
      ['wildcards', ['*', '**', `${module}.*`, `${module}.${entity}.*`, '*.*.*', '.*']],
      ['another spelling', [own.toUpperCase(), ` ${own}`, `${own} `, `${own}.`, `${own}er`, `x${own}`]],
      ['one text of many', [siblings.join(','), siblings.join(' ')]],
    ];
    return denied(
      lab,
      route,
      cases.map(([what, permissions]) => ({ what, person: lab.person({ permissions }) })),
    );
  }),
};

/** 7: whoever wrote the token, access is not in it. */
export const claimsAreNoAccess: RouteProbe = {
  rule: 'KSM-P07',
  run: onModuleRoutes((lab, route) => {
    const boast = {
      role: 'admin',
      roles: ['admin', 'ADMIN', 'owner'],
      isAdmin: true,
      is_admin: true,
      admin: true,
      tenantRole: 'ADMIN',
      scope: `${route.permission} *`,
      modules: [lab.manifest.key, '*'],
      permissions: [route.permission, '*'],
    };
    const { permissions: _, ...others } = boast;
    // To Auth's token the claims are strange; to an assertion all but its own permissions are.
    const person = lab.person({ permissions: [], role: 'ADMIN' });
    return Promise.all([
      trial('a token that boasts', send(lab, route, person, 'token', boast), FORBIDDEN),
      trial('an assertion that boasts', send(lab, route, person, 'assertion', others), FORBIDDEN),
    ]);
  }),
};

/** 8: a token that claims nothing, or even less, and Auth that allows. */
export const accessNeedsNoClaims: RouteProbe = {
  rule: 'KSM-P08',
  run: onModuleRoutes((lab, route) => {
    const permissions = [route.permission!];
    const modest = { role: 'none', permissions: [], modules: [] };
    const judge = notLetIn(lab, route, 'token');
    const plain = lab.person({ permissions, role: null });
    const denied = lab.person({ permissions });
    return Promise.all([
      trial('a token without claims of access', send(lab, route, plain, 'token', {}), judge),
      trial('a token that claims no access', send(lab, route, denied, 'token', modest), judge),
    ]);
  }),
};

/** 14: granted, taken away, granted again; each time the next request knows. */
export const revocation: RouteProbe = {
  rule: 'KSM-P14',
  run: onModuleRoutes(async (lab, route) => {
    const person = lab.person({ permissions: [route.permission!] });
    const credentials = lab.credentials(route, person, 'token');
    const body = await lab.body(route, person);
    const ask = () => lab.call(route, { person, credentials, body });
    const judge = notLetIn(lab, route, 'token');
    const granted = granting(person.access);
    const revoked = { ...person.access, permissions: [] };
    const steps: [string, Parameters<typeof lab.world.answers.set>[1], typeof judge][] = [
      ['granted', granted, judge],
      ['the permission taken away', granting(revoked), FORBIDDEN],
      ['granted again', granted, judge],
      ['the module taken away', granting({ ...person.access, modules: [] }), FORBIDDEN],
      ['granted once more', granted, judge],
      ['the membership ended', noMember, FORBIDDEN],
      [
        'the token revoked',
        (response, call) => {
          response.writeHead(401, { 'content-type': 'application/json' });
          response.end(JSON.stringify({ ...accessBody(revoked, call), success: false }));
        },
        refused(401),
      ],
    ];
    const trials = [];
    for (const [what, answer, expected] of steps) {
      lab.world.answers.set(person.userId, answer);
      trials.push(await trial(what, ask(), expected));
    }
    return trials;
  }),
};

async function send(lab: Lab, route: ProbedRoute, person: Person, way: Way, claims: Record<string, unknown>) {
  const credentials = lab.credentials(route, person, way, { claims });
  return lab.call(route, { person, credentials, body: await lab.body(route, person) });
}

function denied(lab: Lab, route: ProbedRoute, cases: { what: string; person: Person }[]) {
  const trials = cases.flatMap(({ what, person }) =>
    WAYS.map(async (way) => {
      const body = await lab.body(route, person);
      return trial(`${what}, by ${way}`, lab.call(route, { person, way, body }), FORBIDDEN);
    }),
  );
  return Promise.all(trials);
}
