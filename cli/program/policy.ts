import type { Command } from 'commander';
import { run } from '../run.ts';

/** The policies, and the keys that sign. */
export function policyCommands(cli: Command): void {
  const policy = cli.command('policy').description('the policies in policies/kisum');
  policy
    .command('build')
    .description('compile them and lock what was compiled')
    .option('--check', 'compare with the committed bundle instead of writing it')
    .addHelpText('after', '\nExample:\n  kisum-cli policy build --check')
    .addHelpText('after', '\nExample:\n  kisum-cli policy build --check')
    .action(run(async (options: object) => (await import('../commands/policy.ts')).build(options)));
  policy
    .command('check')
    .description('format, types, tests and coverage')
    .addHelpText('after', '\nExample:\n  kisum-cli policy check')
    .addHelpText('after', '\nExample:\n  kisum-cli policy check')
    .action(run(async () => (await import('../commands/policy.ts')).check()));

  const keys = cli.command('keys').description('signing keys');
  keys
    .command('rotate')
    .description('give the local Auth service a new signing key')
    .option('--drop-old', 'end every older token at once')
    .addHelpText('after', '\nExample:\n  kisum-cli keys rotate --drop-old')
    .addHelpText('after', '\nExample:\n  kisum-cli keys rotate')
    .action(run(async (options: object) => (await import('../commands/keys.ts')).rotate(options)));
  keys
    .command('generate')
    .description('print a value for ASSERTION_KEYS')
    .addHelpText('after', '\nExample:\n  kisum-cli keys generate > assertion-keys.json')
    .addHelpText('after', '\nExample:\n  kisum-cli keys generate')
    .action(run(async () => (await import('../commands/keys.ts')).generate()));
}
