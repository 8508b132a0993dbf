/** What the compiler says of the rules: they parse, and their types fit the schemas and the builtins they may use. */
import { CAPABILITIES_FILE, ruleFiles } from '../engine/lock.ts';
import { findingIn, type PolicyFinding } from './finding.ts';
import { askOpa, jsonIn, type Place } from './place.ts';
import { WorkbenchError } from './run.ts';
import { regoFiles } from './trees.ts';

/** Tests may use every builtin of the compiler, rules only what the compiled form has. */
export async function checkTypes(place: Place): Promise<PolicyFinding[]> {
  const [all, rules] = [await regoFiles(place.policies), await ruleFiles(place.policies)];
  const checks = await Promise.all([
    check(place, ['--capabilities', CAPABILITIES_FILE, ...rules]),
    check(place, all),
  ]);
  return [...new Map(checks.flat().map((finding) => [JSON.stringify(finding), finding])).values()];
}

/**
 * What to say when a tool did not do its work: where the rules do not compile, that is why. Throws `WorkbenchError` with
 * the tool's own words otherwise.
 */
export async function whyNot(place: Place, tool: string, words: string): Promise<PolicyFinding[]> {
  const findings = await checkTypes(place);
  if (findings.length > 0) return findings;
  throw new WorkbenchError(`${tool} did not run:\n${words.trim()}`);
}

interface CompilerError {
  message: string;
  code: string;
  location?: { file: string; row: number; col: number };
}

async function check(place: Place, more: string[]): Promise<PolicyFinding[]> {
  const args = ['check', '--strict', '--schema', 'schemas', '--format', 'json', ...more];
  const { code, stdout, stderr } = await askOpa(place, args);
  if (code === 0) return [];
  const { errors } = jsonIn<{ errors: CompilerError[] }>(stderr) ??
    jsonIn<{ errors: CompilerError[] }>(stdout) ?? { errors: [] };
  if (errors.length === 0) throw new WorkbenchError(`opa check did not run:\n${stderr.trim()}`);
  return errors.map(({ message, code: kind, location }) =>
    findingIn(location?.file ?? '.', {
      rule: 'opa/check',
      ...(location === undefined ? {} : { line: location.row, col: location.col }),
      message: `${message} (${kind})`,
      fix: 'make it compile: docs/decisions/policy-supply.md says what the rules may use',
    }),
  );
}
