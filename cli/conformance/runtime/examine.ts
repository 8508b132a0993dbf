import type { Manifest } from '../../../modules/manifest/manifest.ts';
import { type Examination, examinationOf, type Result } from './examination.ts';
import { inTurns } from './in-turns.ts';
import { client } from './lab/http.ts';
import { createLab, type Lab } from './lab/lab.ts';
import { type ProbedRoute, probedRoutes } from './lab/sample.ts';
import { accessNeedsNoClaims, claimsAreNoAccess } from './probes/claims.ts';
import { member, moduleGranted, permissionGranted } from './probes/access.ts';
import { oneCompany, order } from './probes/company.ts';
import { oneCredential, rightToken } from './probes/credentials.ts';
import { drain } from './probes/drain.ts';
import { granted } from './probes/granted.ts';
import { mixedRequests, stillThere } from './probes/hardiness.ts';
import { connections, handledInVain, tables } from './probes/inside.ts';
import { keysNoticed, noKeys, rotatedKeys } from './probes/keys.ts';
import { linesOf, logged, secrets } from './probes/log.ts';
import { outage } from './probes/outage.ts';
import { paths } from './probes/paths.ts';
import type { Examined, RouteProbe } from './probes/probe.ts';
import { revocation } from './probes/revocation.ts';
import { tenants } from './probes/tenants.ts';
import { undeclared } from './probes/undeclared.ts';
import { units } from './probes/units.ts';
import { validation } from './probes/validation.ts';
import type { Target } from './service/target.ts';
import type { World } from './world/world.ts';

const ROUTE_PROBES: RouteProbe[] = [
  oneCredential,
  rightToken,
  oneCompany,
  member,
  moduleGranted,
  permissionGranted,
  claimsAreNoAccess,
  accessNeedsNoClaims,
  outage,
  granted,
  validation,
  tenants,
  units,
  revocation,
  paths,
  order,
];

/** How many probes run side by side; each has users of its own. */
const AT_ONCE = 12;

export interface Examinee {
  manifest: Manifest;
  service: string;
  world: World;
  target: Target;
  /** Ids of the rules to probe for; absent: all. */
  rules?: readonly string[] | undefined;
}

type Keep = (place: string, rule: string, examined: Examined) => void;

/** The probes against every route of one running service, which it ends where it can. */
export async function examine({ manifest, service, world, target, rules }: Examinee): Promise<Examination> {
  const routes = probedRoutes(manifest, service);
  const warm = client(target.url, target.deadlineMs);
  const lab = createLab({ service, manifest, routes, world, client: warm, bodies: target.bodies });
  const results: Result[] = [];
  const wanted = (...ids: string[]): boolean => !rules || ids.some((id) => rules.includes(id));
  const keep: Keep = (place, rule, examined) => {
    if (wanted(rule)) results.push({ route: place, rule, examined });
  };

  const judged = judgedRoute(lab);
  if (target.outlivesKeys && judged) await keysNoticed(lab, judged);
  const probes = ROUTE_PROBES.filter(({ rule }) => wanted(rule));
  const jobs = routes.flatMap((route) =>
    probes.map((probe) => async () => keep(route.name, probe.rule, await probe.run(lab, route))),
  );
  await inTurns(AT_ONCE, jobs);
  // From here on the stubs change for everybody, and then the service ends.
  if (wanted('KSM-P10')) await keys(lab, target, keep);
  if (wanted('KSM-P16')) keep(wholeOf(lab), 'KSM-P16', await undeclared(lab, target.live));
  if (wanted('KSM-P17', 'KSM-P18', 'KSM-P20')) keep(wholeOf(lab), 'KSM-P20', await mixedRequests(lab));
  keep(wholeOf(lab), 'KSM-P20', [await stillThere(lab, routes[0]!)]);
  const seen = await target.seen?.();
  keep(wholeOf(lab), 'KSM-P20', await drain(lab, target));
  warm.close();
  const output = await target.output?.();

  keep(wholeOf(lab), 'KSM-P19', seen && handledInVain(lab, seen));
  keep(wholeOf(lab), 'KSM-P18', connections(seen));
  keep(wholeOf(lab), 'KSM-P18', tables(target.heldToTables === true ? output : undefined));
  log(lab, target, output, keep);
  const names = routes.map(({ name }) => name);
  return examinationOf({
    module: manifest.key,
    service,
    routes: names,
    results,
    requests: lab.recorded.length,
  });
}

function wholeOf({ service }: Lab): string {
  return `service ${service}`;
}

/** One that asks for a token, and for as much more as there is. */
function judgedRoute({ routes }: Lab): ProbedRoute | undefined {
  const judged = routes.filter(({ access }) => access !== 'public');
  return judged.find(({ access }) => access === 'module') ?? judged[0];
}

async function keys(lab: Lab, { coldUrl, deadlineMs }: Target, keep: Keep): Promise<void> {
  const route = judgedRoute(lab);
  if (!route) return;
  keep(wholeOf(lab), 'KSM-P10', await rotatedKeys(lab, route));
  if (coldUrl === undefined) {
    keep(wholeOf(lab), 'KSM-P10', { why: 'a start without keys: the process is not ours to start' });
    return;
  }
  const cold = client(coldUrl, deadlineMs);
  keep(wholeOf(lab), 'KSM-P10', await noKeys(createLab({ ...lab, client: cold }), route));
  cold.close();
}

function log(lab: Lab, target: Target, output: string | undefined, keep: Keep): void {
  const known = output === undefined ? [] : target.secrets;
  keep(wholeOf(lab), 'KSM-P17', secrets(lab, output ?? '', known));
  if (output === undefined) {
    keep(wholeOf(lab), 'KSM-P17', {
      why: 'the log: it cannot be seen from outside; name it with --log-file',
    });
    return;
  }
  const lines = linesOf(output);
  for (const route of lab.routes) {
    const its = lab.recorded.filter((one) => one.route === route);
    keep(route.name, 'KSM-P17', logged(its, lines));
  }
  const others = lab.recorded.filter((one) => !one.route);
  keep(wholeOf(lab), 'KSM-P17', logged(others, lines));
}
