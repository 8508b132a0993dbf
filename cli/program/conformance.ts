import type { Command } from 'commander';
import { FORMAT_NAMES } from '../conformance/report.ts';
import { run } from '../run.ts';

/** Hold modules to the standard structure. */
export function conformanceCommands(cli: Command): void {
  cli
    .command('explain')
    .description('what a rule asks for, and why')
    .argument('[rule]', 'its id; without it every rule is listed')
    .addHelpText('after', '\nExample:\n  kisum-cli explain KSM-V01')
    .action(run(async (id?: string) => (await import('../commands/explain.ts')).explain(id)));
  cli
    .command('audit')
    .description('what a legacy module must hand over, step by step')
    .argument('<folder>', 'its sources')
    .option('--module <key>', "which module it is (default: by its manifest or its folder's name)")
    .option('--format <name>', `${FORMAT_NAMES} (default: pretty)`)
    .option('--baseline <file>', 'what is known and fails no more')
    .option('--update-baseline', 'write the baseline, or shrink it')
    .addHelpText('after', '\nExample:\n  kisum-cli audit ../legacy-finance --baseline audit.json')
    .action(
      run(async (folder: string, options: object) =>
        (await import('../commands/audit.ts')).audit(folder, options),
      ),
    );
}
