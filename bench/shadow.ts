import { pino } from 'pino';
import { ShadowTally } from '../gateway/policy/shadow-tally.ts';
import { Shadow } from '../gateway/policy/shadow.ts';
import type { Decision, DecisionInput } from '../policies/contract.ts';
import { loadBundle } from '../policies/engine/bundle.ts';
import { createEngine } from '../policies/engine/engine.ts';
import { COMMITTED } from '../policies/engine/place.ts';
import type { Contestant } from './duel.ts';
import { sideBySide, type Cost, type Trial } from './side-by-side.ts';
import { timeAll } from './stopwatch.ts';

const YARDSTICK: Contestant = { name: 'the gateway without a shadow', file: 'gateway.js' };
const WITH: Contestant = {
  name: 'with a candidate in the shadow',
  file: 'gateway.js',
  env: { POLICY_SHADOW: COMMITTED },
};
const LEAST = 0.95;

/** The gateway with a candidate in its shadow against the same one without, and what a single look-on costs. */
export async function costOfShadow(trial: Trial): Promise<Cost> {
  const { text, throughput } = await sideBySide(YARDSTICK, [WITH], trial);
  const ratio = throughput[WITH.name]!;
  const micros = await timeObserving();
  const lines = Object.entries(micros).map(([name, each]) => `| ${name} | ${each.toFixed(2)} |`);
  return {
    text: [text, '', '| in the gateway, per decision | µs |', '|---|--:|', ...lines].join('\n'),
    faults: ratio >= LEAST ? [] : [`${WITH.name}: ${ratio.toFixed(3)} of the throughput, not ${LEAST}`],
  };
}

async function timeObserving(): Promise<Record<string, number>> {
  const bundle = await loadBundle();
  const { catalog } = bundle.manifest.metadata.kisum.vectors;
  const engine = await createEngine(bundle, catalog);
  const input = inputOn(Object.keys(catalog.routes)[0]!);
  const decision: Decision = engine.decide(input);
  const names = { inForce: bundle.revision, candidate: bundle.revision, accepted: undefined };
  const tally = new ShadowTally({ ...names, log: pino({ level: 'silent' }) });
  const shadow = new Shadow(engine, tally, () => {});
  const ask = () => input;
  shadow.observe('known', ask, decision);
  shadow.compare();
  let unseen = 0;
  return timeAll([
    { name: 'facts seen before: one look-up', run: () => shadow.observe('known', ask, decision) },
    {
      name: 'new facts: the candidate is asked, after the answer',
      calls: 2000,
      run: () => {
        shadow.observe(`new ${(unseen += 1)}`, ask, decision);
        shadow.compare();
      },
    },
  ]);
}

function inputOn(route: string): DecisionInput {
  const period = { status: 'active', started: true, ended: false } as const;
  const access = {
    membership: { status: 'active' } as const,
    subscriptions: [{ package: 'basic_promoter', ...period }],
    addons: [{ addon: 'finance', ...period }],
    modules: ['finance'],
    permissions: ['finance.expense.view'],
  };
  return { route, authenticated: true, caller: null, access };
}
