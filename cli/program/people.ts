import type { Command } from 'commander';
import { run } from '../run.ts';

/** Who is who, what they bought and what they may do. */
export function peopleCommands(cli: Command): void {
  cli
    .command('token')
    .description('print a token of the local Auth service')
    .option('--user <name|email|id>', 'whose token')
    .option('--ttl <seconds>', 'how long it lives', '3600')
    .action(
      run(async (options: { user?: string; ttl: string }) =>
        (await import('../commands/token.ts')).token(options),
      ),
    );
}
