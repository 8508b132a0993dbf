import type { Exchange } from '../lab/http.ts';
import { refused } from '../lab/judge.ts';
import type { Lab, Person, Way } from '../lab/lab.ts';
import type { ProbedRoute } from '../lab/sample.ts';
import { notLetIn } from './granted.ts';
import { onModuleRoutes, type RouteProbe, trial } from './probe.ts';

const FORBIDDEN = refused(403);

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
    };
    const permissions = [route.permission, '*'];
    // To Auth's token the claims are strange; to an assertion all but its own permissions are.
    const person = lab.person({ permissions: [], role: 'ADMIN' });
    return Promise.all([
      trial('a token that boasts', send(lab, route, person, 'token', { ...boast, permissions }), FORBIDDEN),
      trial('an assertion that boasts', send(lab, route, person, 'assertion', boast), FORBIDDEN),
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

async function send(
  lab: Lab,
  route: ProbedRoute,
  person: Person,
  way: Way,
  claims: Record<string, unknown>,
): Promise<Exchange> {
  const credentials = lab.credentials(route, person, way, { claims });
  return lab.call(route, { person, credentials, body: await lab.body(route, person) });
}
