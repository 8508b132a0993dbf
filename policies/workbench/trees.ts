/** Which Rego there is: found, not listed, so that a new folder is never forgotten. */
import { readdir } from 'node:fs/promises';
import { packageOf } from './finding.ts';
import { WorkbenchError } from './run.ts';

/** Every Rego file below `policies`, with tests, sorted and slash-separated. Throws `WorkbenchError` when there is none. */
export async function regoFiles(policies: string): Promise<string[]> {
  const found = await readdir(policies, { recursive: true }).catch((cause: unknown) => {
    throw new WorkbenchError(`the policies cannot be read in ${policies}`, cause);
  });
  const files = found.filter((path) => path.endsWith('.rego')).map((path) => path.replaceAll('\\', '/'));
  if (files.length === 0) throw new WorkbenchError(`no policy lies in ${policies}`);
  return files.sort();
}

/** Their packages, sorted; a test counts to the package it tests. */
export async function packagesOf(policies: string): Promise<string[]> {
  return [...new Set((await regoFiles(policies)).map(packageOf))].sort();
}
