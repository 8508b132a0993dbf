import type { Command } from 'commander';
import { FORMAT_NAMES } from '../../conformance/report.ts';
import { run } from '../../run.ts';

const FORMAT = `${FORMAT_NAMES} (default: pretty)`;

/** Compile, test, format and lint: thin over the pinned tools. */
export function toolCommands(policy: Command): void {
  policy
    .command('build')
    .description('compile them and lock what was compiled')
    .option('--check', 'compare with the committed bundle instead of writing it')
    .addHelpText('after', '\nExample:\n  kisum-cli policy build --check')
    .action(run(async (options: object) => (await import('../../commands/policy.ts')).build(options)));
  policy
    .command('check')
    .description('format, types, tests, coverage and lint, all at once')
    .option('--format <name>', FORMAT)
    .addHelpText('after', '\nExample:\n  kisum-cli policy check')
    .action(run(async (options: object) => (await import('../../commands/policy.ts')).check(options)));
  policy
    .command('test')
    .description('run their tests, and count them')
    .argument('[packages...]', 'kisum.grant, or kisum for all below it; none: all')
    .option('--run <pattern>', 'only tests whose full name matches')
    .option('--format <name>', FORMAT)
    .addHelpText('after', '\nExample:\n  kisum-cli policy test kisum.grant --run not_granted')
    .action(
      run(async (packages: string[], options: object) =>
        (await import('../../commands/policy.ts')).test(packages, options),
      ),
    );
  policy
    .command('fmt')
    .description('write them in the one format')
    .option('--check', 'compare instead of writing')
    .addHelpText('after', '\nExample:\n  kisum-cli policy fmt --check')
    .action(run(async (options: object) => (await import('../../commands/policy.ts')).fmt(options)));
  policy
    .command('lint')
    .description("hold them to Regal's rules, see policies/.regal")
    .option('--format <name>', FORMAT)
    .addHelpText('after', '\nExample:\n  kisum-cli policy lint --format github')
    .action(run(async (options: object) => (await import('../../commands/policy.ts')).lint(options)));
  policy
    .command('coverage')
    .description('which lines of the rules no test reaches')
    .option('--threshold <percent>', 'fail below it (default: 98)')
    .addHelpText('after', '\nExample:\n  kisum-cli policy coverage --threshold 100')
    .action(run(async (options: object) => (await import('../../commands/policy.ts')).coverage(options)));
  policy
    .command('watch')
    .description('at every save: check, test, prove, and who feels it')
    .option('--data <file>', 'whom it concerns: of "policy snapshot" (default: the database)')
    .option('--once', 'look now, and end: 1 when something does not hold')
    .addHelpText('after', '\nExample:\n  kisum-cli policy watch --data snapshot.json')
    .action(run(async (options: object) => (await import('../../commands/policy-watch.ts')).watch(options)));
}
