import type { Command } from 'commander';
import { run } from '../../run.ts';

/** What running gateways have in force, and the way back. */
export function reloadCommands(policy: Command): void {
  policy
    .command('status')
    .description('what a gateway keeps and has in force')
    .option('--cache <folder>', 'its POLICY_CACHE; by default of the environment, else that of npm start')
    .addHelpText('after', '\nExample:\n  kisum-cli policy status --cache /var/lib/kisum/policy')
    .action(
      run(async (options: object) => (await import('../../commands/policy-rollback.ts')).status(options)),
    );
  policy
    .command('rollback')
    .description('put a kept policy in force again, until --end')
    .option('--to <revision>', 'a kept one; by default the one before the one in force')
    .option('--end', 'follow the source of bundles again')
    .option('--cache <folder>', 'its POLICY_CACHE; by default of the environment, else that of npm start')
    .option('--as <actor>', 'who makes this change (default: KISUM_ACTOR)')
    .addHelpText('after', '\nExample:\n  kisum-cli policy rollback --to 6239b4509708')
    .action(
      run(async (options: object) => (await import('../../commands/policy-rollback.ts')).rollback(options)),
    );
}
