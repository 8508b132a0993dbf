import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { projectFile } from '../policies/root.ts';
import { startBackend } from './backend.ts';
import { EVALUATED, faultsOf, GATEWAY, SAME_CODE, stageFaults } from './budget.ts';
import { startChild } from './child.ts';
import { timeCommands } from './commands.ts';
import { costOfDecisionLog } from './decision-log.ts';
import type { Job } from './contestants/job.ts';
import { duel, type Contestant, type Round } from './duel.ts';
import { createIdentity, PATH } from './identity.ts';
import { impactLine, MOST_SECONDS, timeImpact } from './impact.ts';
import { GENERATOR } from './load.ts';
import { machine } from './machine.ts';
import { memoryOver } from './memory.ts';
import { markdown, stagesTables, type Results } from './results.ts';
import { measureRevocation } from './revocation/revocation.ts';
import type { Scale } from './scale.ts';
import { costOfShadow } from './shadow.ts';
import type { Cost, Trial } from './side-by-side.ts';
import type { Stages } from './stages.ts';
import { TURNS } from './stopwatch.ts';

const CONTESTANTS: Contestant[] = [
  { name: SAME_CODE, file: 'bare.js' },
  { name: 'http-proxy 1.18, no authorization', file: 'http-proxy.js' },
  { name: "the gateway's transport alone", file: 'koa.js' },
  { name: GATEWAY, file: 'gateway.js' },
  { name: EVALUATED, file: 'gateway.js', evaluated: true },
];
/** The embedded database compiles in the background for seconds: a shorter warm-up measures that. */
const FULL = { rounds: 5, warmUpSeconds: 12, seconds: 8, requests: 1_000_000 };
const QUICK = { rounds: 2, warmUpSeconds: 6, seconds: 3, requests: 50_000 };

const flag = { type: 'boolean' } as const;
const { values } = parseArgs({
  options: {
    quick: flag,
    check: flag,
    memory: flag,
    stages: flag,
    commands: flag,
    impact: flag,
    'decision-log': flag,
    shadow: flag,
    revocation: flag,
  },
});
const quick = values.quick ?? false;
if (values.commands) measureCommands();
if (values.impact) await measureImpact();
if (values['decision-log']) await measureCost(costOfDecisionLog, quick ? QUICK : FULL);
if (values.shadow) await measureCost(costOfShadow, quick ? QUICK : FULL);
if (values.revocation) endWith(await measureRevocation(quick, progress));
if (values.stages) await measureStages();
if (values.memory) await measureMemory(FULL.requests);
const results = await measure(quick ? QUICK : FULL);
const file = projectFile('bench', 'results', 'latest.json');
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
process.stdout.write(`${markdown(results)}\n`);

const faults = faultsOf(results);
if (faults.length > 0)
  process.stdout.write(`\nOut of bounds:\n${faults.map((fault) => `- ${fault}`).join('\n')}\n`);
if (values.check && faults.length > 0) process.exitCode = 1;

/** The commands of kisum-cli alone, then the end. */
function measureCommands(): never {
  const times = timeCommands();
  const lines = times.map(
    ({ name, milliseconds, most }) => `${name}: ${milliseconds.toFixed(0)} ms of at most ${most}`,
  );
  process.stdout.write(`${lines.join('\n')}\n`);
  process.exit(values.check && times.some(({ milliseconds, most }) => milliseconds > most) ? 1 : 0);
}

/** What one thing costs beside the gateway without it, alone, then the end. */
async function measureCost(costOf: (trial: Trial) => Promise<Cost>, effort: typeof FULL): Promise<never> {
  const backend = await startBackend();
  const identity = await createIdentity();
  const job: Job = { backend: backend.url, jwksUrl: identity.jwksUrl };
  const request = { path: PATH, headers: identity.headers };
  const cost = await costOf({ job, request, effort, progress });
  backend.stop();
  return endWith(cost);
}

function endWith({ text, faults }: Cost): never {
  process.stdout.write(`${[text, ...faults.map((fault) => `\nOut of bounds: ${fault}`)].join('\n')}\n`);
  process.exit(values.check && faults.length > 0 ? 1 : 0);
}

/** A diff of two policies over a platform of some size alone, then the end. */
async function measureImpact(): Promise<never> {
  const time = await timeImpact();
  process.stdout.write(`${impactLine(time)}\n`);
  process.exit(values.check && time.seconds > MOST_SECONDS ? 1 : 0);
}

/** The gateway's own steps alone, then the end. */
async function measureStages(): Promise<never> {
  const backend = await startBackend();
  const identity = await createIdentity();
  const stages = await stagesOf({ backend: backend.url, jwksUrl: identity.jwksUrl }, identity);
  backend.stop();
  process.stdout.write(`${stagesTables(stages)}\n`);
  const faults = stageFaults(stages);
  if (faults.length > 0)
    process.stdout.write(`\nOut of bounds:\n${faults.map((fault) => `- ${fault}`).join('\n')}\n`);
  process.exit(values.check && faults.length > 0 ? 1 : 0);
}

async function stagesOf(job: Job, identity: Awaited<ReturnType<typeof createIdentity>>): Promise<Stages> {
  const tokens = await Promise.all(Array.from({ length: 50 * TURNS }, () => identity.sign()));
  return inChild<Stages>('stages.js', { ...job, headers: identity.headers, tokens });
}

/** Memory alone, then the end. */
async function measureMemory(requests: number): Promise<never> {
  const backend = await startBackend();
  const identity = await createIdentity();
  const job: Job = { backend: backend.url, jwksUrl: identity.jwksUrl };
  const memory = await memoryOver(requests, job, { path: PATH, headers: identity.headers });
  backend.stop();
  process.stdout.write(`${JSON.stringify(memory)}\n`);
  process.exit(0);
}

async function measure(effort: typeof FULL): Promise<Results> {
  const backend = await startBackend();
  const identity = await createIdentity();
  const job: Job = { backend: backend.url, jwksUrl: identity.jwksUrl };
  const request = { path: PATH, headers: identity.headers };
  try {
    const { contestants, discarded } = await fight(effort, job, request);
    progress('stages, sizes, memory');
    return {
      machine: { ...machine(), backend: backend.kind, generator: GENERATOR },
      quick,
      contestants,
      discarded,
      stages: await stagesOf(job, identity),
      scale: await inChild<Scale>('scale.js', job),
      memory: await memoryOver(effort.requests, job, request),
    };
  } finally {
    backend.stop();
    identity.stop();
  }
}

/** Rounds in turn, so that no contestant has a part of the time to itself. */
async function fight(effort: typeof FULL, job: Job, request: Parameters<typeof duel>[2]) {
  const contestants = CONTESTANTS.map((contestant) => ({ ...contestant, rounds: [] as Round[] }));
  const discarded: string[] = [];
  for (let round = 1; round <= effort.rounds; round += 1) {
    for (const contestant of contestants) {
      progress(`round ${round} of ${effort.rounds}: ${contestant.name}`);
      try {
        contestant.rounds.push(await duel(contestant, job, request, effort));
      } catch (error) {
        discarded.push(`${contestant.name}, round ${round}: ${(error as Error).message}`);
      }
    }
  }
  const silent = contestants.find(({ rounds }) => rounds.length === 0);
  if (silent) throw new Error(`${silent.name} has no valid round:\n${discarded.join('\n')}`);
  return { contestants: contestants.map(({ name, rounds }) => ({ name, rounds })), discarded };
}

async function inChild<Answer>(script: string, task: object): Promise<Answer> {
  const { child, answer } = await startChild<Answer>(script, task);
  await child.stop();
  return answer;
}

function progress(what: string): void {
  process.stderr.write(`${what}\n`);
}
