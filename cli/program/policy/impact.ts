import type { Command } from 'commander';
import type { SnapshotOptions } from '../../commands/policy-snapshot.ts';
import { run } from '../../run.ts';

/** What a change does to people. */
export function impactCommands(policy: Command): void {
  snapshotCommand(policy);
}

function snapshotCommand(policy: Command): void {
  policy
    .command('snapshot')
    .description('keep who may do what now, for policy diff')
    .option('--out <file>', 'write it there (default: stdout)')
    .option('--anonymous', 'leave out names')
    .addHelpText('after', '\nExample:\n  kisum-cli policy snapshot --out snapshot.json')
    .action(
      run(async (options: SnapshotOptions) =>
        (await import('../../commands/policy-snapshot.ts')).snapshot(options),
      ),
    );
}
