import { permissionsOf } from '../../../../modules/manifest/derive.ts';
import { refused } from '../lab/judge.ts';
import { type Lab, type Person, WAYS } from '../lab/lab.ts';
import type { ProbedRoute } from '../lab/sample.ts';
import { noMember } from '../world/auth.ts';
import { onModuleRoutes, type RouteProbe, type Trial, trial } from './probe.ts';

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

function denied(lab: Lab, route: ProbedRoute, cases: { what: string; person: Person }[]): Promise<Trial[]> {
  const trials = cases.flatMap(({ what, person }) =>
    WAYS.map(async (way) => {
      const body = await lab.body(route, person);
      return trial(`${what}, by ${way}`, lab.call(route, { person, way, body }), FORBIDDEN);
    }),
  );
  return Promise.all(trials);
}
