import { Argument, type Command } from 'commander';
import { run } from '../run.ts';

/** Run and stop what is here. */
export function runCommands(cli: Command): void {
  cli
    .command('start')
    .description('database, Auth, gateway and modules, embedded')
    .addHelpText('after', '\nExample:\n  kisum-cli start')
    .action(run(async () => (await import('../commands/start.ts')).start()));
  cli
    .command('dev')
    .description('one module alone, reloading, with sample rows')
    .argument('<key>', 'the module')
    .option('--port <port>', 'where it answers; 0: a free one', '8090')
    .addHelpText('after', '\nExample:\n  kisum-cli dev finance')
    .action(
      run(async (key: string, options: { port: string }) =>
        (await import('../commands/dev.ts')).dev(key, options),
      ),
    );
  cli
    .command('migrate')
    .description('bring the database schema forward')
    .option('--down', 'take back the last batch')
    .option('--status', 'say what is done and what is pending')
    .addHelpText('after', '\nExample:\n  kisum-cli migrate --status')
    .action(run(async (options: object) => (await import('../commands/migrate.ts')).migrate(options)));
  cli
    .command('reset')
    .description('forget the embedded data')
    .addHelpText('after', '\nExample:\n  kisum-cli reset')
    .action(run(async () => (await import('../commands/reset.ts')).reset()));
  cli
    .command('doctor')
    .description('what is missing here, and how to get it')
    .addHelpText('after', '\nExample:\n  kisum-cli doctor')
    .action(run(async () => (await import('../commands/doctor.ts')).doctor()));
  cli
    .command('completion')
    .description('a script that completes commands by Tab')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish', 'powershell']))
    .addHelpText('after', '\nExample:\n  source <(npx kisum-cli completion bash)')
    .action(run(async (shell: string) => (await import('../commands/completion.ts')).completion(shell)));
  cli
    .command('version')
    .description('its version')
    .addHelpText('after', '\nExample:\n  kisum-cli version --json')
    .action(run(async () => (await import('../commands/version.ts')).version()));
}
