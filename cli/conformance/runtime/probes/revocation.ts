import { refused } from '../lab/judge.ts';
import { accessBody, type AuthAnswer, granting, noMember } from '../world/auth.ts';
import { notLetIn } from './granted.ts';
import { onModuleRoutes, type RouteProbe, trial } from './probe.ts';

const FORBIDDEN = refused(403);

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
    const steps: [string, AuthAnswer, typeof judge][] = [
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
