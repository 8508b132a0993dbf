import { isForeign } from '../../../../modules/manifest/fields.ts';
import type { OwnedEntity } from '../../../../modules/manifest/manifest.ts';
import type { Exchange } from '../lab/http.ts';
import { expectation, isSuccess, refused } from '../lab/judge.ts';
import { type Lab, type Person, type Way, WAYS } from '../lab/lab.ts';
import { pathOf, type ProbedRoute } from '../lab/sample.ts';
import { granting } from '../world/auth.ts';
import { notLetIn } from './granted.ts';
import { type Examined, onModuleRoutes, type RouteProbe, type Trial, trial } from './probe.ts';

/** The unit of every sample, and one beside it. */
const HERE = 'main';
const THERE = 'elsewhere';

/** 21: one company, two business units, and members limited to one of them, to the other, to none, and not at all. */
export const units: RouteProbe = {
  rule: 'KSM-P21',
  run: onModuleRoutes(async (lab, route) => {
    const examined = await Promise.all(WAYS.map((way) => oneWay(lab, route, way)));
    const why = examined.find((it) => it && 'why' in it);
    return why ?? (examined[0] && examined.flatMap((it) => it as Trial[]));
  }),
};

/** Ids. */
interface Rows {
  here: string;
  there: string;
}

/** What a trial of one kind of route needs. */
interface Stage {
  lab: Lab;
  route: ProbedRoute;
  way: Way;
  /** Limited to the unit of the samples. */
  here: Person;
  /** Limited to no unit at all. */
  nowhere: Person;
  /** Not limited. */
  everywhere: Person;
  rows: Rows;
  body: Record<string, unknown>;
  send: (person: Person, more: { id?: string; body?: unknown; path?: string }) => Promise<Exchange>;
}

async function oneWay(lab: Lab, route: ProbedRoute, way: Way): Promise<Examined> {
  const { kind } = route.derived ?? {};
  const entity = entityOf(lab, route);
  const reference = kind === 'create' || kind === 'update' ? scopedReference(lab, entity) : undefined;
  const target = entity.scope === 'unit' ? entity : reference?.target;
  if (!target) return undefined;

  const everywhere = lab.person();
  const rows = await twoRows(lab, target, everywhere);
  if ('why' in rows) return rows;
  const limited = (to: string[]) => ({ ...lab.person({ units: to }), company: everywhere.company });
  const stage: Stage = {
    lab,
    route,
    way,
    here: limited([HERE]),
    nowhere: limited([]),
    everywhere,
    rows,
    body: ((await lab.body(route, everywhere)) ?? {}) as Record<string, unknown>,
    send: (person, more) => lab.call(route, { person, way, ...more }),
  };
  // First: the rows are still where they were made.
  const referred = reference ? await referring(stage, entity, reference) : [];
  return entity.scope === 'unit' ? [...referred, ...(await BY_KIND[kind ?? 'list'](stage))] : referred;
}

/** One of each unit: their rows, or why there are none. */
async function twoRows(lab: Lab, entity: OwnedEntity, person: Person): Promise<Rows | { why: string }> {
  const here = await lab.row(entity, person, { unit: HERE });
  const there = await lab.row(entity, person, { unit: THERE });
  if ('why' in here) return here;
  return 'why' in there ? there : { here: here.id, there: there.id };
}

const BY_KIND = { list: listed, get: read, create: made, update: changed, delete: deleted };

async function listed(stage: Stage): Promise<Trial[]> {
  const { lab, route, way, here, nowhere, everywhere, rows, send } = stage;
  if (!route.derived && route.method !== 'GET') return [];
  // A route of the module's own may show the rows or not.
  const holds = (known: string[], hidden: string[]) => (exchange: Exchange) => {
    if (!isSuccess(exchange)) return route.derived && expectation('a list', exchange);
    if (hidden.some((id) => exchange.text.includes(id))) return 'it holds a row beyond the limit';
    const lacks = route.derived && known.some((id) => !exchange.text.includes(id));
    return lacks ? 'it lacks a row within the limit' : undefined;
  };
  const path = `${pathOf(route)}?unit=${THERE}`;
  const both = [rows.here, rows.there];
  const trials = await Promise.all([
    trial('who is not limited', send(everywhere, {}), holds(both, [])),
    trial('who is limited to one unit', send(here, {}), holds([rows.here], [rows.there])),
    trial('who is limited, asking for another unit', send(here, { path }), holds([], [rows.there])),
    trial('who is limited to no unit', send(nowhere, {}), holds([], both)),
  ]);
  if (way === 'assertion') return trials;
  lab.world.answers.set(everywhere.userId, granting({ ...everywhere.access, units: [HERE] }));
  const after = await trial('who was not limited before', send(everywhere, {}), holds([], [rows.there]));
  return [...trials, after];
}

async function read({ here, nowhere, everywhere, rows, send }: Stage): Promise<Trial[]> {
  return Promise.all([
    trial('who is not limited', send(everywhere, { id: rows.there }), found),
    trial('who is limited, a row of the own unit', send(here, { id: rows.here }), found),
    trial('who is limited, a row of another unit', send(here, { id: rows.there }), refused(404)),
    trial('who is limited to no unit', send(nowhere, { id: rows.here }), refused(404)),
  ]);
}

async function made({ lab, route, way, here, nowhere, everywhere, body, send }: Stage): Promise<Trial[]> {
  const judge = notLetIn(lab, route, way);
  return Promise.all([
    trial('who is not limited', send(everywhere, { body: { ...body, unit: THERE } }), judge),
    trial('who is limited, in the own unit', send(here, { body }), judge),
    trial('who is limited, in another unit', send(here, { body: { ...body, unit: THERE } }), refused(400)),
    trial('who is limited to no unit', send(nowhere, { body }), refused(400)),
    trial('without a unit', send(here, { body: { ...body, unit: undefined } }), refused(400)),
    trial('in what is no unit', send(everywhere, { body: { ...body, unit: '*' } }), refused(400)),
  ]);
}

async function changed({ lab, route, way, rows, body, send, ...people }: Stage): Promise<Trial[]> {
  const { here, nowhere, everywhere } = people;
  const judge = notLetIn(lab, route, way);
  const move = { unit: THERE };
  const beyond = await Promise.all([
    trial('who is limited, a row of another unit', send(here, { id: rows.there, body }), refused(404)),
    trial(
      'who is limited, such a row to the own unit',
      send(here, { id: rows.there, body: { unit: HERE } }),
      refused(404),
    ),
    trial('who is limited to no unit', send(nowhere, { id: rows.here, body }), refused(404)),
    trial(
      'who is limited, the own row to another unit',
      send(here, { id: rows.here, body: move }),
      refused(400),
    ),
  ]);
  // Judged again as a row of the own unit: a change that was refused and made all the same would show.
  const stays = (it: Exchange) => (it.status === 404 ? 'it was moved beyond the limit' : judge(it));
  return [
    ...beyond,
    await trial('who is limited, the own row', send(here, { id: rows.here, body }), stays),
    await trial('who is not limited', send(everywhere, { id: rows.here, body: move }), judge),
  ];
}

async function deleted({ lab, route, way, here, nowhere, everywhere, rows, send }: Stage): Promise<Trial[]> {
  const judge = notLetIn(lab, route, way);
  const gone = (it: Exchange) =>
    it.status === 404 ? 'it is gone: who may not reach it deleted it' : judge(it);
  return [
    await trial('who is limited, a row of another unit', send(here, { id: rows.there }), refused(404)),
    await trial('who is limited to no unit', send(nowhere, { id: rows.here }), refused(404)),
    await trial('who is limited, the own row', send(here, { id: rows.here }), gone),
    await trial('who is not limited', send(everywhere, { id: rows.there }), gone),
  ];
}

/** A reference to a row beyond the limit is one to nothing. */
async function referring(stage: Stage, entity: OwnedEntity, { name, target }: Reference): Promise<Trial[]> {
  const { lab, route, way, here, everywhere, body, send } = stage;
  const targets = await twoRows(lab, target, everywhere);
  if ('why' in targets) return [];
  const isUpdate = route.derived!.kind === 'update';
  const row = isUpdate ? await lab.row(entity, everywhere) : undefined;
  if (row && 'why' in row) return [];
  const to = (id: string) => ({ body: { ...(isUpdate ? {} : body), [name]: id }, ...row });
  return Promise.all([
    trial(`who is limited, ${name} of another unit`, send(here, to(targets.there)), refused(400)),
    trial(`who is limited, ${name} of the own unit`, send(here, to(targets.here)), notLetIn(lab, route, way)),
  ]);
}

const found = (exchange: Exchange): string | undefined =>
  isSuccess(exchange) ? undefined : expectation('the row', exchange);

function entityOf({ manifest }: Lab, { entity }: ProbedRoute): OwnedEntity {
  return manifest.owns.find((owned) => `${manifest.key}.${owned.entity}` === entity)!;
}

/** A field that names a row of the module's own which belongs to a unit. */
interface Reference {
  name: string;
  target: OwnedEntity;
}

function scopedReference({ manifest }: Lab, { fields }: OwnedEntity): Reference | undefined {
  for (const { name, to = '.', company, computed } of fields) {
    if (isForeign(to) || company || computed) continue;
    const target = manifest.owns.find((owned) => owned.entity === to);
    if (target?.scope === 'unit') return { name, target };
  }
  return undefined;
}
