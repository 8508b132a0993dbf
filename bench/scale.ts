import { LRUCache } from 'lru-cache';
import { Access } from '../gateway/access/access.ts';
import { FactCache } from '../gateway/access/fact-cache.ts';
import { RouteTable } from '../gateway/catalog/routes.ts';
import { readCatalog } from '../platform/core/catalog.ts';
import { readAccess } from '../platform/auth/access.ts';
import { loadBundle } from '../policies/engine/bundle.ts';
import { createEngine } from '../policies/engine/engine.ts';
import { answerParent } from './child.ts';
import type { Job } from './contestants/job.ts';
import { openDemo } from './demo.ts';
import { timeAll, type Timed } from './stopwatch.ts';

const ROUTES = [10, 500, 5000];
const COMPANIES = [10, 1000, 100_000];
const ANA = 'aaaaaaaa-0000-4000-8000-000000000001';
const ACME = '11111111-1111-4111-8111-111111111111';

/** Microseconds by size, for each thing that must not grow with the platform. */
export type Scale = Record<string, Record<number, number>>;

answerParent(async (job: Job) => {
  const { db } = await openDemo(job);
  const catalog = await readCatalog(db);
  const record = await readAccess(db, ANA, ACME);
  const model = catalog.routes.find(({ id }) => id === 'finance.expense.list')!;
  const scale: Scale = {
    ...(await bySize(ROUTES, (count) => overRoutes(count))),
    ...(await bySize(COMPANIES, (count) => overCompanies(count))),
  };
  return scale;

  async function overRoutes(count: number): Promise<Timed[]> {
    const routes = Array.from({ length: count }, (_, i) => ({
      ...model,
      id: `bench.thing${i}.get`,
      path: `/api/bench/things${i}/{id:uuid}`,
    }));
    const { access, method, module, permission } = {
      ...model,
      module: model.module!,
      permission: model.permission!,
    };
    const known = routes.map(({ id }) => [id, { access, method, module, permission }] as const);
    const engine = await createEngine(await loadBundle(), {
      ...catalog.data,
      routes: Object.fromEntries(known),
    });
    const table = new RouteTable(routes);
    const { facts } = new Access(ANA, ACME, record, 0).forModule(module);
    const turn = turns(count);
    return [
      { name: 'route find', run: () => table.find('GET', `/api/bench/things${turn()}/${ACME}`)!.route.id },
      {
        name: 'decision, lean',
        calls: 2000,
        run: () =>
          engine.decide({ route: routes[turn()]!.id, authenticated: true, caller: null, access: facts }),
      },
    ];
  }

  async function overCompanies(count: number): Promise<Timed[]> {
    const companies = Array.from({ length: count }, (_, i) => ACME.slice(0, 28) + String(i).padStart(8, '0'));
    const accesses = new FactCache({
      max: count,
      proof: { proven: true },
      read: (key) => Promise.resolve(new Access(ANA, key.slice(37), structuredClone(record), 0)),
    });
    for (const company of companies) await accesses.get(`${ANA} ${company}`);
    const decisions = new LRUCache<string, object>({ max: 20_000 });
    const turn = turns(count);
    return [
      { name: 'access, remembered', run: () => accesses.get(`${ANA} ${companies[turn()]!}`) },
      {
        name: 'decision key, remembered',
        run: () => {
          const { key } = (accesses.get(`${ANA} ${companies[turn()]!}`) as Access).forModule('finance');
          const decision = decisions.get(key);
          if (!decision) decisions.set(key, {});
        },
      },
    ];
  }
});

/** Far jumps through all of them, so that no cache of the processor helps. */
function turns(count: number): () => number {
  let turn = 0;
  return () => (turn = (turn + 7919) % count);
}

async function bySize(sizes: number[], prepare: (size: number) => Promise<Timed[]>): Promise<Scale> {
  const scale: Scale = {};
  for (const size of sizes) {
    for (const [name, micros] of Object.entries(await timeAll(await prepare(size)))) {
      scale[name] = { ...scale[name], [size]: micros };
    }
  }
  return scale;
}
