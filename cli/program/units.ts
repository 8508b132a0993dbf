import type { Command } from 'commander';
import { run } from '../run.ts';

const AS = ['--as <actor>', 'who makes this change (default: KISUM_ACTOR)'] as const;

/** Business units: under `company` what there is, under `user` who is limited to which. */
export function unitCommands(cli: Command): void {
  const group = (name: string): Command => cli.commands.find((command) => command.name() === name)!;
  group('company')
    .command('add-unit')
    .description('add a business unit')
    .argument('<company>', 'name or id')
    .argument('<unit>', 'its key: lower case, such as rotterdam')
    .option(...AS)
    .addHelpText('after', '\nExample:\n  kisum-cli company add-unit acme rotterdam')
    .action(
      run(async (company: string, unit: string, options: object) =>
        (await import('../commands/units.ts')).addUnit(company, unit, options),
      ),
    );
  group('company')
    .command('remove-unit')
    .description('remove one; who was limited to it loses it')
    .argument('<company>', 'name or id')
    .argument('<unit>', 'its key')
    .option(...AS)
    .addHelpText('after', '\nExample:\n  kisum-cli company remove-unit acme rotterdam')
    .action(
      run(async (company: string, unit: string, options: object) =>
        (await import('../commands/units.ts')).removeUnit(company, unit, options),
      ),
    );
  group('user')
    .command('limit')
    .description('limit a membership to business units')
    .argument('<user>', 'name, e-mail or id')
    .argument('<company>', 'name or id')
    .argument('[unit...]', 'keys of the units; no other is seen')
    .usage('<user> <company> <unit...>|--all')
    .option('--all', 'lift the limit')
    .option(...AS)
    .addHelpText(
      'after',
      '\nExamples:\n  kisum-cli user limit ben acme rotterdam\n  kisum-cli user limit ben acme --all',
    )
    .action(
      run(async (user: string, company: string, units: string[], options: object) =>
        (await import('../commands/units.ts')).limit(user, company, units, options),
      ),
    );
}
