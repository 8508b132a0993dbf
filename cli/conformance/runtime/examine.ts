import type { Manifest } from '../../../modules/manifest/manifest.ts';
import { type Examination, examinationOf, type Result } from './examination.ts';
import { client } from './lab/http.ts';
import { createLab, type Lab } from './lab/lab.ts';
import { probedRoutes, type ProbedRoute } from './lab/sample.ts';
import {
  claimsAreNoAccess,
  accessNeedsNoClaims,
  member,
  moduleGranted,
  permissionGranted,
  revocation,
} from './probes/access.ts';
import { oneCompany, order } from './probes/company.ts';
import { oneCredential, rightToken } from './probes/credentials.ts';
import { drain } from './probes/drain.ts';
import { egress, foreignTables, handledInVain } from './probes/egress.ts';
import { granted, validation } from './probes/granted.ts';
import { mixedRequests, stillThere } from './probes/hardiness.ts';
import { noKeys, rotatedKeys } from './probes/keys.ts';
import { linesOf, logged, secrets } from './probes/log.ts';
import { outage } from './probes/outage.ts';
import { paths } from './probes/paths.ts';
import type { Examined, RouteProbe } from './probes/probe.ts';
import { tenants } from './probes/tenants.ts';
import { undeclared } from './probes/undeclared.ts';
import { inTurns } from './in-turns.ts';
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
}

/** Every probe against every route of one running service, which it ends where it can. */
export async function examine({ manifest, service, world, target }: Examinee): Promise<Examination> {
  const routes = probedRoutes(manifest, service);
  const warm = client(target.url, target.deadlineMs);
  const lab = createLab({ service, manifest, routes, world, client: warm });
  const whole = `service ${service}`;
  const results: Result[] = [];
  const keep = (route: string, rule: string, examined: Examined): void =>
    void results.push({ route, rule, examined });

  const jobs = routes.flatMap((route) =>
    ROUTE_PROBES.map((probe) => async () => keep(route.name, probe.rule, await probe.run(lab, route))),
  );
  await inTurns(AT_ONCE, jobs);

  const judged =
    routes.find(({ access }) => access === 'module') ?? routes.find(({ access }) => access !== 'public');
  keep(whole, 'KSM-P10', judged && (await rotatedKeys(lab, judged)));
  keep(whole, 'KSM-P10', judged && (await withoutKeys(lab, judged, target)));
  keep(whole, 'KSM-P16', await undeclared(lab, target.live));
  keep(whole, 'KSM-P20', await mixedRequests(lab));
  keep(whole, 'KSM-P20', [await stillThere(lab, routes[0]!)]);

  const seen = target.seen && (await target.seen());
  warm.close();
  const module = routes.find(({ access }) => access === 'module');
  const drained = await drain(lab, module, target);
  keep(whole, 'KSM-P20', drained.length > 0 ? drained : { why: 'SIGTERM: the process is not ours to end' });
  if (seen) keep(whole, 'KSM-P19', handledInVain(lab, seen));
  keep(whole, 'KSM-P18', seen ? egress(seen) : { why: 'connections: they cannot be seen from outside' });

  const output = target.output && (await target.output());
  if (output === undefined) {
    keep(whole, 'KSM-P17', { why: 'its log cannot be seen: name it with --log-file' });
    keep(whole, 'KSM-P17', secrets(lab, '', []));
  } else {
    judgeLog(lab, output, target, keep);
  }
  const tables = output !== undefined && target.heldToTables;
  const why = 'tables: only a real PostgreSQL holds a module to its own (TEST_DATABASE_URL)';
  keep(whole, 'KSM-P18', tables ? foreignTables(output) : { why });
  const names = routes.map(({ name }) => name);
  return examinationOf(manifest.key, service, names, results, lab.recorded.length);
}

async function withoutKeys(lab: Lab, route: ProbedRoute, { coldUrl, deadlineMs }: Target): Promise<Examined> {
  if (coldUrl === undefined) return { why: 'a start without keys: the process is not ours to start' };
  const cold = client(coldUrl, deadlineMs);
  const { service, manifest, routes, world } = lab;
  const trials = await noKeys(createLab({ service, manifest, routes, world, client: cold }), route);
  cold.close();
  return trials;
}

function judgeLog(
  lab: Lab,
  output: string,
  target: Target,
  keep: (route: string, rule: string, examined: Examined) => void,
): void {
  const lines = linesOf(output);
  const whole = `service ${lab.service}`;
  for (const route of lab.routes) {
    const its = lab.recorded.filter((one) => one.route === route);
    keep(route.name, 'KSM-P17', logged(its, lines));
  }
  const others = lab.recorded.filter((one) => !one.route);
  keep(whole, 'KSM-P17', [...logged(others, lines), ...secrets(lab, output, target.secrets)]);
}
