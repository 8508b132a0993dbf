import type { Command } from 'commander';
import { run } from '../run.ts';

/** What is sold and served. */
export function catalogCommands(cli: Command): void {
  const catalog = cli.command('catalog').description('what is sold and served');
  catalog
    .command('apply')
    .description('bring the database to what the module folders declare')
    .action(run(async () => (await import('../commands/catalog.ts')).apply({})));
}
