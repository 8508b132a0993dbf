import type { Command } from 'commander';
import type { DiffOptions } from '../../commands/policy-diff.ts';
import type { ReplayOptions } from '../../commands/policy-replay.ts';
import type { SnapshotOptions } from '../../commands/policy-snapshot.ts';
import { run } from '../../run.ts';
import { repeated } from '../conformance.ts';

/** What a change does to people. */
export function impactCommands(policy: Command): void {
  snapshotCommand(policy);
  diffCommand(policy);
  replayCommand(policy);
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

function diffCommand(policy: Command): void {
  policy
    .command('diff')
    .description('who loses and who gains what by a change')
    .argument('[against]', 'a commit or a bundle to compare with (default: HEAD)')
    .option('--policy <bundle>', 'a commit or a bundle instead of the working tree')
    .option('--data <snapshot>', 'a kept snapshot instead of the database')
    .option('--then <snapshot>', 'another snapshot for the new side')
    .option('--with <change>', '+grant:ana:acme:ai, -addon_modules:ai:ai, +module:ai, …', repeated)
    .option('--log <file...>', 'decision logs: how much of it was used')
    .option('--by <what>', 'permission, module, route, company or user')
    .option('--company <company>', 'only this one, by name or id')
    .option('--user <user>', 'only this one, by name or id')
    .option('--permission <key>', 'only this one')
    .option('--limit <number>', 'rows of each part (default: 20)')
    .option('--detailed-exitcode', 'end with 10 when something changes')
    .option('--accept', 'keep the change as accepted, for the bundle and its shadow')
    .option('--as <actor>', 'who accepts it (default: KISUM_ACTOR)')
    .addHelpText(
      'after',
      '\nExample:\n  kisum-cli policy diff main --by company\n  kisum-cli policy diff --with -addon_modules:finance:finance',
    )
    .action(
      run(async (against: string | undefined, options: DiffOptions) =>
        (await import('../../commands/policy-diff.ts')).diff(against, options),
      ),
    );
}

function replayCommand(policy: Command): void {
  policy
    .command('replay')
    .description('logged decisions, made again by a policy')
    .option('--log <file...>', 'from the first to the last (default: of DECISION_LOG, or npm start)')
    .option('--policy <bundle>', 'a commit or a bundle (default: the working tree)')
    .option('--detailed-exitcode', 'end with 10 when a decision changes')
    .addHelpText('after', '\nExample:\n  kisum-cli policy replay --log decisions.log')
    .action(
      run(async (options: ReplayOptions) =>
        (await import('../../commands/policy-replay.ts')).replay(options),
      ),
    );
}
