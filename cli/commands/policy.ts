import { buildPolicies } from '../../policies/workbench/build.ts';
import { checkPolicies } from '../../policies/workbench/check.ts';

const log = (line: string) => void process.stderr.write(`${line}\n`);

/** Compiles the policies and writes the bundle with its lock; `check` compares instead and writes nothing. */
export async function build({ check = false }: { check?: boolean }): Promise<void> {
  const { revision } = await buildPolicies({ check, log });
  process.stdout.write(
    `${check ? 'the bundle is what the sources compile to' : 'built'}: revision ${revision}\n`,
  );
}

/** Format, types, tests and coverage of the policies. */
export async function check(): Promise<void> {
  const { tests, coverage } = await checkPolicies({ log });
  process.stdout.write(`policies: ${tests} tests passed, coverage ${coverage} %\n`);
}
