import type { Command } from 'commander';
import { run } from '../../run.ts';

/** Compile, test and format: thin over the pinned tools. */
export function toolCommands(policy: Command): void {
  policy
    .command('build')
    .description('compile them and lock what was compiled')
    .option('--check', 'compare with the committed bundle instead of writing it')
    .addHelpText('after', '\nExample:\n  kisum-cli policy build --check')
    .action(run(async (options: object) => (await import('../../commands/policy.ts')).build(options)));
  policy
    .command('check')
    .description('format, types, tests and coverage')
    .addHelpText('after', '\nExample:\n  kisum-cli policy check')
    .action(run(async () => (await import('../../commands/policy.ts')).check()));
}
