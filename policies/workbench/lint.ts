/** Regal's rules, as `policies/.regal/config.yaml` has them. */
import { findingIn, type PolicyFinding } from './finding.ts';
import { jsonIn, type Place } from './place.ts';
import { run } from './run.ts';
import { regoFiles } from './trees.ts';
import { whyNot } from './types.ts';

export interface LintRun {
  files: number;
  findings: PolicyFinding[];
}

interface Violation {
  title: string;
  description: string;
  category: string;
  level: 'error' | 'warning';
  location: { file: string; row: number; col: number };
}

/** @param place with the linter beside the compiler */
export async function lintPolicies(place: Place & { regal: string }): Promise<LintRun> {
  const files = await regoFiles(place.policies);
  const args = ['lint', '--format', 'json', ...files];
  const { stdout, stderr } = await run(place.regal, args, { cwd: place.policies, signal: place.signal });
  const said = jsonIn<{ violations?: Violation[]; summary?: { files_scanned: number } }>(stdout);
  if (!said?.summary)
    return { files: 0, findings: await whyNot(place, 'regal lint', `${stderr}${stdout.toString()}`) };
  return { files: said.summary.files_scanned, findings: (said.violations ?? []).map(asFinding) };
}

function asFinding({ title, description, category, level, location }: Violation): PolicyFinding {
  const { file, row, col } = location;
  return {
    ...findingIn(file, {
      rule: `regal/${category}/${title}`,
      line: row,
      col,
      message: description,
      fix: `https://www.openpolicyagent.org/projects/regal/rules/${category}/${title}`,
    }),
    severity: level === 'error' ? 'error' : 'warn',
  };
}
