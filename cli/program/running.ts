import type { Command } from 'commander';
import { run } from '../run.ts';

/** Run and stop what is here. */
export function runCommands(cli: Command): void {
  cli
    .command('start')
    .description('run everything on embedded defaults: database, Auth, gateway, modules')
    .action(run(async () => (await import('../commands/start.ts')).start()));
  cli
    .command('reset')
    .description('forget the embedded data')
    .action(run(async () => (await import('../commands/reset.ts')).reset()));
  cli
    .command('migrate')
    .description('bring the database schema forward')
    .option('--down', 'take back the last batch')
    .option('--status', 'say what is done and what is pending')
    .action(run(async (options: object) => (await import('../commands/migrate.ts')).migrate(options)));
}
