import { randomUUID } from 'node:crypto';
import type { Exchange } from '../lab/http.ts';
import { expectation, isSuccess, refused } from '../lab/judge.ts';
import type { Lab, Person } from '../lab/lab.ts';
import type { ProbedRoute } from '../lab/sample.ts';
import { noMember, granting } from '../world/auth.ts';
import { notLetIn } from './granted.ts';
import { type Examined, onModuleRoutes, type RouteProbe, type Trial, trial } from './probe.ts';

/** 13: two companies on one route: of access, and of rows. */
export const tenants: RouteProbe = {
  rule: 'KSM-P13',
  run: onModuleRoutes(async (lab, route) => {
    const access = await ofAccess(lab, route);
    const rows = await ofRows(lab, route);
    if (rows && 'why' in rows && access.every(({ fault }) => fault === undefined)) return rows;
    return [...access, ...(rows && !('why' in rows) ? rows : [])];
  }),
};

/** Who is let in for one company is not thereby let in for another, nor a colleague for the same. */
async function ofAccess(lab: Lab, route: ProbedRoute): Promise<Trial[]> {
  const one = lab.person({ permissions: [route.permission!] });
  const other = { ...one, company: randomUUID() };
  const colleague = { ...lab.person({ permissions: [] }), company: one.company };
  const yes = granting(one.access);
  lab.world.answers.set(one.userId, (response, call) =>
    (call.company.toLowerCase() === one.company ? yes : noMember)(response, call),
  );
  const body = await lab.body(route, one);
  const ask = (person: Person) => lab.call(route, { person, way: 'token', body });
  const judge = notLetIn(lab, route, 'token');
  return [
    await trial('a member, in the own company', ask(one), judge),
    await trial('the same user, in another company', ask(other), refused(403)),
    await trial('a colleague without the permission', ask(colleague), refused(403)),
    await trial('the member again', ask(one), judge),
  ];
}

async function ofRows(lab: Lab, route: ProbedRoute): Promise<Examined> {
  const { derived } = route;
  if (!derived) return [];
  const own = lab.person();
  const outsider = lab.person();
  if (derived.kind === 'create') return made(lab, route, own);
  const rows = await Promise.all(Array.from({ length: 3 }, () => lab.row(derived.entity, own)));
  const missing = rows.find((row) => 'why' in row);
  if (missing) return { why: `${derived.entity.entity}: ${missing.why}` };
  const ids = rows.flatMap((row) => ('id' in row ? [row.id] : []));
  return derived.kind === 'list'
    ? listed(lab, route, { own, outsider, ids })
    : reached(lab, route, { own, outsider, ids });
}

interface Rows {
  own: Person;
  outsider: Person;
  ids: string[];
}

/** Alternating, so that a company kept between two requests would show. */
async function listed(lab: Lab, route: ProbedRoute, { own, outsider, ids }: Rows): Promise<Trial[]> {
  const isPublished = route.derived!.entity.audience === 'everyone';
  const has = (exchange: Exchange) => ids.some((id) => exchange.text.includes(id));
  const trials = Array.from({ length: 4 }, () => [
    trial('the own list', lab.call(route, { person: own }), (exchange) =>
      isSuccess(exchange) && has(exchange) ? undefined : expectation('a list with the own rows', exchange),
    ),
    trial('the list of another company', lab.call(route, { person: outsider }), (exchange) => {
      if (!isSuccess(exchange)) return expectation('a list', exchange);
      return has(exchange) && !isPublished ? 'it holds rows of another company' : undefined;
    }),
  ]);
  return Promise.all(trials.flat());
}

async function reached(lab: Lab, route: ProbedRoute, { own, outsider, ids }: Rows): Promise<Trial[]> {
  const { entity, kind } = route.derived!;
  const isPublished = entity.audience === 'everyone' && kind === 'get';
  const body = await lab.body(route, own);
  const foreign = ids.flatMap((id) => [id, id.toUpperCase()]);
  const theirs = foreign.map((id) =>
    trial("a row of another company's", lab.call(route, { person: outsider, id, body }), (exchange) =>
      isPublished && isSuccess(exchange) ? undefined : refused(404)(exchange),
    ),
  );
  const judge = notLetIn(lab, route, 'assertion');
  // The owner's turn comes between the stranger's, and after all of them: the rows are still there.
  const first = trial('a row of the own', lab.call(route, { person: own, id: ids[0]!, body }), judge);
  const between = await Promise.all([...theirs, first]);
  const after = await trial(
    'a row of the own, afterwards',
    lab.call(route, { person: own, id: ids[1]!, body }),
    (it) => (it.status === 404 ? 'it is gone: the other company reached it' : judge(it)),
  );
  return [...between, after];
}

/** The company comes from the request alone, whatever the body says. */
async function made(lab: Lab, route: ProbedRoute, own: Person): Promise<Trial[]> {
  const [column = 'company_id'] = route.derived!.entity.companies;
  const body = (await lab.body(route, own)) as Record<string, unknown>;
  const stolen = randomUUID();
  const names = [column, 'companyId', 'company', 'tenant_id', 'x-org'];
  const trials = names.map((name) =>
    trial(
      `a body that names another company as ${name}`,
      lab.call(route, { person: own, body: { ...body, [name]: stolen } }),
      (exchange) => {
        if (!isSuccess(exchange)) return refused(400)(exchange);
        return exchange.text.includes(stolen) ? 'the row belongs to the company of the body' : undefined;
      },
    ),
  );
  return Promise.all(trials);
}
