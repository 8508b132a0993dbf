import type { Command } from 'commander';
import { run } from '../run.ts';

/** The keys that sign. */
export function keyCommands(cli: Command): void {
  const keys = cli.command('keys').description('signing keys');
  keys
    .command('rotate')
    .description('give the local Auth service a new signing key')
    .option('--drop-old', 'end every older token at once')
    .addHelpText('after', '\nExample:\n  kisum-cli keys rotate --drop-old')
    .action(run(async (options: object) => (await import('../commands/keys.ts')).rotate(options)));
  keys
    .command('generate')
    .description('print a value for ASSERTION_KEYS')
    .addHelpText('after', '\nExample:\n  kisum-cli keys generate > assertion-keys.json')
    .action(run(async () => (await import('../commands/keys.ts')).generate()));
  keys
    .command('policy <folder>')
    .description('make a key pair that signs policy bundles')
    .addHelpText('after', '\nExample:\n  kisum-cli keys policy ~/keys')
    .action(run(async (folder: string) => (await import('../commands/keys.ts')).policy(folder)));
}
