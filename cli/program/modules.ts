import type { Command } from 'commander';
import type { UpgradeFlags } from '../commands/module-upgrade.ts';
import { run } from '../run.ts';
import { newModuleCommand } from './new-module.ts';

/** Make modules, and keep them at the template's version. */
export function moduleCommands(cli: Command): void {
  newModuleCommand(cli.command('new').description('make something new'));
  const module = cli.command('module').description('what happens to a module that exists');
  module
    .command('rename')
    .description('give a module another key; its uid stays')
    .argument('[key]', 'its key now')
    .argument('[new]', 'the key it gets')
    .addHelpText('after', '\nExample:\n  kisum-cli module rename basic promoter')
    .action(
      run(async (key?: string, newKey?: string) =>
        (await import('../commands/module-rename.ts')).renameModule(key, newKey),
      ),
    );
  module
    .command('status')
    .description('which template made them, and what is behind')
    .argument('[keys...]', 'modules; none: all')
    .option('--check', 'end with 10 when an upgrade would change something')
    .addHelpText('after', '\nExample:\n  kisum-cli module status --check')
    .action(
      run(async (keys: string[], options: object) =>
        (await import('../commands/module-upgrade.ts')).status(keys, options),
      ),
    );
  module
    .command('upgrade')
    .description('merge the template of today into modules')
    .argument('[keys...]', 'modules')
    .option('--all', 'every module')
    .option('--dry-run', 'show the changes and write nothing')
    .option('--on-conflict <how>', 'abort, inline (marks in the files), ours or theirs', 'abort')
    .option('--adopt', 'take over modules that no template made')
    .option('--continue', 'end an upgrade that was interrupted')
    .option('--abort', 'take back an upgrade that was interrupted')
    .addHelpText('after', '\nExample:\n  kisum-cli module upgrade --all --dry-run')
    .action(
      run(async (keys: string[], options: UpgradeFlags) =>
        (await import('../commands/module-upgrade.ts')).upgrade(keys, options),
      ),
    );
}
