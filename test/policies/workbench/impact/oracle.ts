import { setImmediate } from 'node:timers/promises';
import type { AccessFacts, DecisionInput } from '../../../../policies/contract.ts';
import { createEngine, type PolicyEngine } from '../../../../policies/engine/engine.ts';
import { PolicyFailure } from '../../../../policies/engine/failure.ts';
import type { Impact, Side } from '../../../../policies/workbench/impact/impact.ts';
import { factsOf } from '../../../../policies/workbench/impact/snapshot.ts';
import type { Verdict } from '../../../../policies/workbench/impact/verdict.ts';

const NOBODY: AccessFacts = { membership: null, subscriptions: [], addons: [], modules: [], permissions: [] };

/** Who → route → verdict: the gateway's own engine, asked cell by cell with all facts of the member. */
type Verdicts = Map<string, Map<string, Verdict>>;

const ANYONE = 'anyone';

async function askAll({ policy, snapshot }: Side): Promise<Verdicts> {
  const engine = await createEngine(policy, snapshot.catalog, { warmUp: 0 });
  const verdicts: Verdicts = new Map();
  const ask = async (who: string, facts: AccessFacts): Promise<void> => {
    const answers = new Map<string, Verdict>();
    for (const [route, { access: kind }] of Object.entries(snapshot.catalog.routes)) {
      const [access, authenticated] = kind === 'module' ? [facts, true] : [null, kind === 'authenticated'];
      answers.set(route, await verdictOf(engine, { route, authenticated, caller: null, access }));
    }
    verdicts.set(who, answers);
  };
  for (const company of snapshot.companies) {
    for (const member of company.members) await ask(`${member.id} ${company.id}`, factsOf(company, member));
  }
  await ask(ANYONE, NOBODY);
  return verdicts;
}

/** A fault spends the engine's instance; the next one takes a moment. */
async function verdictOf(engine: PolicyEngine, input: DecisionInput): Promise<Verdict> {
  try {
    return engine.decide(input).reason ?? 'allow';
  } catch (fault) {
    if (!(fault instanceof PolicyFailure) || fault.kind !== 'unavailable') return 'failure';
    await setImmediate();
    return verdictOf(engine, input);
  }
}

/**
 * Cells whose verdict differs, sorted: `user company route: from → to`. Where neither side asks for a company, a route
 * is the same for everybody and told once.
 */
export async function differences(before: Side, after: Side): Promise<string[]> {
  const [was, is] = [await askAll(before), await askAll(after)];
  const [then, now] = [before.snapshot.catalog.routes, after.snapshot.catalog.routes];
  const verdict = (verdicts: Verdicts, who: string, route: string): Verdict =>
    (verdicts.get(who) ?? verdicts.get(ANYONE)!).get(route) ?? 'route_unknown';
  const differing: string[] = [];
  for (const who of new Set([...was.keys(), ...is.keys()])) {
    for (const route of new Set([...Object.keys(then), ...Object.keys(now)])) {
      const personal = [then[route]?.access, now[route]?.access].includes('module');
      const [from, to] = [verdict(was, who, route), verdict(is, who, route)];
      if (from !== to && (personal || who === ANYONE)) differing.push(`${who} ${route}: ${from} → ${to}`);
    }
  }
  return differing.sort();
}

/** The same cells, as the diff tells them. */
export function cellsOf({ groups, members, anyone }: Impact): string[] {
  const told = groups.flatMap((group) =>
    group.members.flatMap((index) => {
      const { user, company } = members[index]!;
      return group.changes.map(({ route, from, to }) => `${user.id} ${company.id} ${route}: ${from} → ${to}`);
    }),
  );
  return [...told, ...anyone.map(({ route, from, to }) => `anyone ${route}: ${from} → ${to}`)].sort();
}
