/** The one way Rego is written here: `opa fmt`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findingIn, type PolicyFinding } from './finding.ts';
import { askOpa, type Place } from './place.ts';
import { regoFiles } from './trees.ts';
import { whyNot } from './types.ts';

export interface FormatRun {
  files: number;
  /** From `policies/`: those that are written otherwise, or were. */
  changed: string[];
  findings: PolicyFinding[];
}

/** Compares, or writes. What does not parse is a finding either way. */
export async function formatPolicies(place: Place, { write }: { write: boolean }): Promise<FormatRun> {
  const files = await regoFiles(place.policies);
  const { code, stdout, stderr } = await askOpa(place, ['fmt', '--list', ...files]);
  if (code !== 0)
    return { files: files.length, changed: [], findings: await whyNot(place, 'opa fmt', stderr) };
  const changed = stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
  if (!write)
    return {
      files: files.length,
      changed,
      findings: await Promise.all(changed.map((file) => difference(place, file))),
    };
  if (changed.length > 0) await askOpa(place, ['fmt', '--write', ...changed]);
  return { files: files.length, changed, findings: [] };
}

async function difference(place: Place, file: string): Promise<PolicyFinding> {
  const { stdout } = await askOpa(place, ['fmt', file]);
  const wanted = stdout.toString('utf8').split('\n');
  const written = (await readFile(join(place.policies, file), 'utf8')).split('\n');
  const line = written.findIndex((text, i) => text !== wanted[i]);
  return findingIn(file, {
    rule: 'opa/fmt',
    line: Math.max(line, 0) + 1,
    message: 'not written as opa fmt writes it',
    fix: 'kisum-cli policy fmt',
  });
}
