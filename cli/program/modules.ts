import type { Command } from 'commander';
import { run } from '../run.ts';

/** Make modules, and keep them at the template's version. */
export function moduleCommands(cli: Command): void {
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
}
