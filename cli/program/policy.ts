import type { Command } from 'commander';
import { run } from '../run.ts';

/** The policies, and the keys that sign. */
export function policyCommands(cli: Command): void {
  const policy = cli.command('policy').description('the policies in policies/kisum');
  policy
    .command('build')
    .description('compile them and lock what was compiled')
    .option('--check', 'compare with the committed bundle instead of writing it')
    .action(run(async (options: object) => (await import('../commands/policy.ts')).build(options)));
  policy
    .command('check')
    .description('format, types, tests and coverage')
    .action(run(async () => (await import('../commands/policy.ts')).check()));

  const keys = cli.command('keys').description('signing keys');
  keys
    .command('rotate')
    .description('give the local Auth service a new signing key')
    .option('--drop-old', 'end every older token at once')
    .action(run(async (options: object) => (await import('../commands/keys.ts')).rotate(options)));
  keys
    .command('generate')
    .description('print a value for ASSERTION_KEYS')
    .action(run(async () => (await import('../commands/keys.ts')).generate()));
}
