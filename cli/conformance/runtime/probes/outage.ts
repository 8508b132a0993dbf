import { refused } from '../lab/judge.ts';
import { granting, misbehaviours } from '../world/auth.ts';
import { notLetIn } from './granted.ts';
import { onModuleRoutes, type RouteProbe, trial } from './probe.ts';

/** 9: each misbehaviour for a user of its own, and the same user again once Auth is well. */
export const outage: RouteProbe = {
  rule: 'KSM-P09',
  run: onModuleRoutes(async (lab, route) => {
    const access = lab.person({ permissions: [route.permission!] }).access;
    const trials = Object.entries(misbehaviours(access)).map(async ([what, answer]) => {
      const person = lab.person(access, answer);
      const body = await lab.body(route, person);
      const ask = () => lab.call(route, { person, way: 'token', body });
      const down = await trial(`Auth ${what}`, ask(), refused(503));
      lab.world.answers.set(person.userId, granting(access));
      return [down, await trial(`Auth ${what}, and then is well`, ask(), notLetIn(lab, route, 'token'))];
    });
    return (await Promise.all(trials)).flat();
  }),
};
