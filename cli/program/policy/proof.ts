import type { Command } from 'commander';
import type { MutantsOptions } from '../../commands/policy-mutants.ts';
import type { ProveOptions } from '../../commands/policy-prove.ts';
import { run } from '../../run.ts';

/** Prove the invariants over the whole domain. */
export function proofCommands(policy: Command): void {
  policy
    .command('prove')
    .description('hold the compiled policy against its invariants')
    .option('--quick', 'representatives only, in a second or two')
    .option('--catalog <file>', 'another catalog than the module manifests, for example of policy snapshot')
    .option('--workers <n>', 'threads (default: one for each core)')
    .option('--out <file>', 'keep the counterexamples there')
    .option('--replay <file>', 'instead: ask again what was kept there, and say which laws hold')
    .option('--mutants', 'instead: how many wrong policies and catalogs the invariants find')
    .option('--sample <n>', 'so many mutants, always the same ones')
    .option('--mutant <id>', 'one mutant: its change, and the story that gives it away')
    .addHelpText('after', '\nExample:\n  kisum-cli policy prove --quick')
    .action(
      run(async (options: ProveOptions & MutantsOptions) => {
        const { mutants, sample, mutant } = options;
        if (mutants || sample !== undefined || mutant !== undefined) {
          return (await import('../../commands/policy-mutants.ts')).mutants(options);
        }
        return (await import('../../commands/policy-prove.ts')).prove(options);
      }),
    );
}
