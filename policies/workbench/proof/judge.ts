/** The invariants, compiled: what they say of a cell. Equal cells are judged once. */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PeriodFacts } from '../../contract.ts';
import { CAPABILITIES_FILE } from '../../engine/lock.ts';
import { projectFile } from '../../root.ts';
import { entryOf } from '../archive.ts';
import { findOpa, type Log } from '../opa.ts';
import { mustRun } from '../run.ts';
import { createAsker } from './asker.ts';
import { PERIODS } from './periods.ts';

const LAW = 'proof/law';
const PERIOD = 'proof/period';

export interface Invariants {
  module: WebAssembly.Module;
  /** Names of the laws, in the order of the file. */
  laws: string[];
}

export interface Judge {
  /** `active`, `over` or `idle`. */
  period(period: PeriodFacts): string;
  /** The laws that are broken in this cell, given as JSON. */
  judge(cell: string): string[];
  /** Cells that differed, and law → cells it applied to, cells it was broken in. */
  summary(): { distinct: number; applied: Record<string, number>; broken: Record<string, number> };
}

interface Verdict {
  applied: string[];
  broken: string[];
}

/** Kept for the next policy that is held against the same invariants: most of its cells are the same. */
const verdictsOf = new WeakMap<WebAssembly.Module, Map<string, Verdict>>();

/** Compiles `policies/proof`. Throws `WorkbenchError` when there is no compiler. */
export async function compileInvariants(log?: Log): Promise<Invariants> {
  const opa = await findOpa(log);
  const policies = projectFile('policies');
  const scratch = await mkdtemp(join(tmpdir(), 'kisum-proof-'));
  try {
    const archive = join(scratch, 'proof.tar.gz');
    const target = ['--target', 'wasm', '--prune-unused', '--capabilities', CAPABILITIES_FILE];
    const args = ['build', ...target, '--entrypoint', LAW, '--entrypoint', PERIOD, '--output', archive];
    const files = await invariantFiles(policies);
    await mustRun(opa, [...args, ...files], policies, 'compiling the invariants');
    const wasm = new Uint8Array(entryOf(await readFile(archive), '/policy.wasm'));
    const texts = await Promise.all(files.map((file) => readFile(join(policies, file), 'utf8')));
    const laws = texts.flatMap((text) => [...text.matchAll(/^law\["(.+?)"\]/gm)].map(([, name]) => name!));
    return { module: await WebAssembly.compile(wasm), laws };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function invariantFiles(policies: string): Promise<string[]> {
  const files = await readdir(join(policies, 'proof'));
  return files
    .filter((file) => file.endsWith('.rego') && !file.endsWith('_test.rego'))
    .map((file) => `proof/${file}`)
    .sort();
}

export function createJudge(invariants: WebAssembly.Module): Judge {
  const asker = createAsker(invariants, {});
  const verdicts = verdictsOf.get(invariants) ?? new Map<string, Verdict>();
  verdictsOf.set(invariants, verdicts);
  const cells = new Map<Verdict, number>();
  const answer = (entrypoint: string, question: string): unknown => {
    const text = asker.ask(entrypoint, question);
    if (text === null) throw new Error(`the invariants do not judge this cell: ${question}`);
    return JSON.parse(text);
  };
  const periods = new Map(
    PERIODS.map((it) => [keyOf(it), String(answer(PERIOD, JSON.stringify(it)))] as const),
  );
  return {
    period: (it) => periods.get(keyOf(it)) ?? 'idle',
    judge(cell) {
      let verdict = verdicts.get(cell);
      if (!verdict) {
        const laws = Object.entries(answer(LAW, cell) as Record<string, boolean>);
        const broken = laws.filter(([, holds]) => !holds).map(([law]) => law);
        verdict = { applied: laws.map(([law]) => law), broken };
        verdicts.set(cell, verdict);
      }
      cells.set(verdict, (cells.get(verdict) ?? 0) + 1);
      return verdict.broken;
    },
    summary: () => ({
      distinct: cells.size,
      applied: totals(cells, 'applied'),
      broken: totals(cells, 'broken'),
    }),
  };
}

function totals(cells: Map<Verdict, number>, of: 'applied' | 'broken'): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [verdict, count] of cells) {
    for (const law of verdict[of]) counts[law] = (counts[law] ?? 0) + count;
  }
  return counts;
}

function keyOf({ status, started, ended }: PeriodFacts): string {
  return `${status} ${started} ${ended}`;
}
