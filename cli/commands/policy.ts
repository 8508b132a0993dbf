import type { Outcome } from '../outcome.ts';
import { buildPolicies } from '../../policies/workbench/build.ts';
import { checkPolicies } from '../../policies/workbench/check.ts';

const log = (line: string) => void process.stderr.write(`${line}\n`);

/** Compiles the policies and writes the bundle with its lock; `check` compares instead and writes nothing. */
export async function build({ check = false }: { check?: boolean }): Promise<Outcome> {
  const { revision } = await buildPolicies({ check, log });
  const done = check ? 'the bundle is what the sources compile to' : 'built';
  return { text: `${done}: revision ${revision}`, data: { revision } };
}

/** Format, types, tests and coverage of the policies. */
export async function check(): Promise<Outcome> {
  const { tests, coverage } = await checkPolicies({ log });
  return {
    text: `policies: ${tests} tests passed, coverage ${coverage} %`,
    data: { tests, coverage },
    examined: { tests },
  };
}
