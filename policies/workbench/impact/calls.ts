/** Modules that call modules. Whom they call for matters little to the answer, so it is asked for a member who has all. */
import type { AccessFacts, CallerFacts, CatalogData } from '../../contract.ts';
import { questionFacts } from './facts.ts';
import type { CallChange, Side } from './impact.ts';
import { createJudge, type Judge } from './judge.ts';
import { VERDICTS, type Verdict } from './verdict.ts';

/** Every calling module at every route of another, for the company it serves and for a foreign one. */
export async function callChanges(
  before: Side,
  after: Side,
): Promise<{ calls: number; changes: CallChange[] }> {
  const [was, is] = [before.snapshot.catalog, after.snapshot.catalog];
  const judges = {
    before: await createJudge(before.policy, was),
    after: await createJudge(after.policy, is),
  };
  const changes: CallChange[] = [];
  let calls = 0;
  for (const caller of new Set([...Object.keys(was.modules), ...Object.keys(is.modules)])) {
    const access = memberWith(caller, was) ?? memberWith(caller, is);
    if (access === null) continue;
    for (const call of callsOf(caller, was, is)) {
      const facts = questionFacts(JSON.stringify(access), { caller: call.caller });
      const from = await verdictAt(judges.before, was, call.route, facts);
      const to = await verdictAt(judges.after, is, call.route, facts);
      calls += 1;
      if (from === to) continue;
      const { module, method, same_company: sameCompany } = call.caller;
      changes.push({ caller: module, route: call.route, method, sameCompany, from, to });
    }
  }
  return { calls, changes };
}

async function verdictAt(
  judge: Judge,
  { routes }: CatalogData,
  route: string,
  facts: string,
): Promise<Verdict> {
  if (!Object.hasOwn(routes, route)) return 'route_unknown';
  const [verdict] = await judge.verdicts(facts, [route]);
  return VERDICTS[verdict!]!;
}

function* callsOf(
  module: string,
  was: CatalogData,
  is: CatalogData,
): Generator<{ route: string; caller: CallerFacts }> {
  for (const [route, { method, module: owner }] of Object.entries({ ...was.routes, ...is.routes })) {
    if (owner === undefined || owner === module) continue;
    for (const same_company of [true, false]) yield { route, caller: { module, method, same_company } };
  }
}

/** Somebody to whom all of a module is sold and granted; `null` where nothing sells it. */
function memberWith(
  module: string,
  { modules, packages, addons, permissions }: CatalogData,
): AccessFacts | null {
  const active = { status: 'active', started: true, ended: false } as const;
  const isBase = (key: string): boolean => modules[key]?.type === 'base';
  const addon = Object.keys(addons).find((key) => addons[key]!.modules[module]);
  const fits = (base: string): boolean =>
    isBase(module) ? base === module : addon === undefined || (addons[addon]!.bases?.[base] ?? true);
  const sold = Object.keys(packages).filter((key) => Object.keys(packages[key]!.modules).some(isBase));
  const persona = sold.find((key) =>
    Object.keys(packages[key]!.modules).some((it) => isBase(it) && fits(it)),
  );
  const bundle = Object.keys(packages).find((key) => packages[key]!.modules[module]);
  if (persona === undefined || (addon === undefined && bundle === undefined)) return null;
  return {
    membership: { status: 'active' },
    subscriptions: [...new Set([persona, ...(addon === undefined ? [bundle!] : [])])].map((it) => ({
      package: it,
      ...active,
    })),
    addons: addon === undefined || isBase(module) ? [] : [{ addon, ...active }],
    modules: [module],
    permissions: Object.keys(permissions).filter((key) => permissions[key]!.module === module),
  };
}
