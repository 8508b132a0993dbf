import { columns } from '../../columns.ts';
import { examine, readModules } from '../static/check.ts';
import { loadReaders } from '../static/read/module.ts';
import { STATIC_RULES } from '../static/rules.ts';
import type { ModuleFolder } from '../static/source.ts';
import { mutated } from './mutant.ts';
import { referenceProject } from './reference.ts';
import { STATIC_MUTANTS } from './static-mutants.ts';

/** What the rules made of one mutant; the module nothing is wrong with is the first. */
export interface Verdict {
  mutant: string;
  expected: string[];
  found: string[];
  /** Every expected rule found it; for the right module, none found anything. */
  killed: boolean;
}

/** Holds the rules against modules that are wrong by design. In memory: no file is written. */
export async function testStatic(): Promise<Verdict[]> {
  const readers = await loadReaders();
  const { module, all } = referenceProject(readers.template);
  const found = (changed: ModuleFolder): string[] => {
    const project = all.map((it) => (it === module ? changed : it));
    const findings = readModules(readers, [changed], project).flatMap((read) =>
      STATIC_RULES.flatMap((rule) => examine(rule, read)),
    );
    return [...new Set(findings.map(({ rule }) => rule))].sort();
  };
  return [
    verdict('(nothing is wrong)', [], found(module)),
    ...STATIC_MUTANTS.map((mutant) => verdict(mutant.name, mutant.expected, found(mutated(module, mutant)))),
  ];
}

export function verdict(mutant: string, expected: string[], found: string[]): Verdict {
  const killed = expected.length === 0 ? found.length === 0 : expected.every((rule) => found.includes(rule));
  return { mutant, expected, found, killed };
}

/** One line each: what was expected, what was found. */
export function verdictText(verdicts: Verdict[]): string {
  const rules = (ids: string[]) => ids.map((id) => id.replace('KSM-', '')).join(' ') || '-';
  const rows = verdicts.map((it) => [outcomeOf(it), it.mutant, rules(it.expected), rules(it.found)]);
  return columns([['', 'mutant', 'expected', 'found'], ...rows]);
}

function outcomeOf({ expected, killed }: Verdict): string {
  if (expected.length === 0) return killed ? 'clean' : 'ACCUSED';
  return killed ? 'killed' : 'SURVIVED';
}
