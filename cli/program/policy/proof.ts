import type { Command } from 'commander';
import type { ProveOptions } from '../../commands/policy-prove.ts';
import { run } from '../../run.ts';

/** Prove the invariants over the whole domain. */
export function proofCommands(policy: Command): void {
  policy
    .command('prove')
    .description('hold the compiled policy against its invariants, over the whole domain')
    .option('--quick', 'representatives only, in a second or two')
    .addHelpText('after', '\nExample:\n  kisum-cli policy prove --quick')
    .action(
      run(async (options: ProveOptions) => (await import('../../commands/policy-prove.ts')).prove(options)),
    );
}
