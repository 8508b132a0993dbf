import type { Command } from 'commander';
import type { ApplyOptions, PlanOptions } from '../commands/catalog.ts';
import { run } from '../run.ts';

/** What is sold and served. */
export function catalogCommands(cli: Command): void {
  const catalog = cli.command('catalog').description('what is sold and served');
  changeCommands(catalog);
  lookCommands(catalog);
}

function changeCommands(catalog: Command): void {
  catalog
    .command('plan')
    .description('what apply would change')
    .option('--detailed-exitcode', 'end with 10 when something would change')
    .option('--out <file>', 'keep the plan for apply --plan')
    .addHelpText('after', '\nExample:\n  kisum-cli catalog plan --out plan.json')
    .action(run(async (options: PlanOptions) => (await import('../commands/catalog.ts')).plan(options)));
  catalog
    .command('apply')
    .description('bring the database to the module folders')
    .option('--plan <file>', 'exactly this plan, or nothing (exit 3)')
    .option('--yes', 'do not ask')
    .option('--allow-breaking', 'take away or change what is in use, too')
    .option('--allow-type-change', 'let a base module become an add-on, or back')
    .option('--as <actor>', 'who makes this change (default: KISUM_ACTOR)')
    .addHelpText('after', '\nExample:\n  kisum-cli catalog apply --plan plan.json --as max')
    .action(run(async (options: ApplyOptions) => (await import('../commands/catalog.ts')).apply(options)));
}

function lookCommands(catalog: Command): void {
  catalog
    .command('drift')
    .description('where manifests, database and gateway differ')
    .option('--gateway <url>', 'the running gateway (default: HOST and PORT)')
    .addHelpText('after', '\nExample:\n  kisum-cli catalog drift --gateway http://127.0.0.1:8080')
    .action(
      run(async (options: { gateway?: string }) =>
        (await import('../commands/catalog-look.ts')).drift(options),
      ),
    );
  catalog
    .command('export')
    .description("the database's catalog, as JSON or YAML")
    .option('--yaml', 'YAML instead of JSON')
    .addHelpText('after', '\nExample:\n  kisum-cli catalog export > catalog.json')
    .action(
      run(async (options: { yaml?: boolean }) =>
        (await import('../commands/catalog-look.ts')).exportCatalog(options),
      ),
    );
  catalog
    .command('validate')
    .description('check the manifests alone, without a database')
    .addHelpText('after', '\nExample:\n  kisum-cli catalog validate')
    .action(run(async () => (await import('../commands/catalog-look.ts')).validate()));
  catalog
    .command('graph')
    .description('draw who owns what and reads whom, as SVG')
    .option('--out <file>', 'write it there (default: stdout)')
    .addHelpText('after', '\nExample:\n  kisum-cli catalog graph --out docs/catalog.svg')
    .action(
      run(async (options: { out?: string }) => (await import('../commands/catalog-look.ts')).graph(options)),
    );
  catalog
    .command('types')
    .description('modules and permissions as TypeScript types')
    .option('--out <file>', 'write it there (default: stdout)')
    .addHelpText('after', '\nExample:\n  kisum-cli catalog types --out gateway/client/permissions.ts')
    .action(
      run(async (options: { out?: string }) => (await import('../commands/catalog-look.ts')).types(options)),
    );
}
