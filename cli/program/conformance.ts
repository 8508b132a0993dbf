import type { Command } from 'commander';
import { FORMAT_NAMES } from '../conformance/report.ts';
import { run } from '../run.ts';

/** Hold modules to the standard structure. */
export function conformanceCommands(cli: Command): void {
  cli
    .command('check')
    .description('hold modules to the standard structure')
    .argument('[modules...]', 'their keys; none: all')
    .option('--all', 'every module')
    .option('--static', 'read their files, and start nothing')
    .option('--runtime', 'start them and speak to them, and read nothing')
    .option('--format <name>', `${FORMAT_NAMES} (default: pretty)`)
    .option('--rule <id>', 'only this rule; may be repeated', repeated)
    .option('--skip <id>', 'all rules but this; may be repeated', repeated)
    .option('--self-test', 'prove that every rule finds what breaks it')
    .option(
      '--manifest <file>',
      'a service in any language: its module.yaml; after -- the command that starts it',
    )
    .option('--url <url>', 'where that service runs already')
    .option('--service <key>', 'which service of its manifest (default: the first)')
    .option('--auth-port <port>', 'where it finds Auth and the gateway (default beside --url: 3097)')
    .option('--assertion-key <file>', 'private JWKS of the gateway it knows already')
    .option('--log-file <file>', 'where it writes its log')
    .addHelpText(
      'after',
      '\nExample:\n  kisum-cli check finance --static\n  kisum-cli check --manifest module.yaml -- ./my-service',
    )
    .action(
      run(async (modules: string[], options: object) =>
        (await import('../commands/check.ts')).check(modules, options),
      ),
    );
  cli
    .command('explain')
    .description('what a rule asks for, and why')
    .argument('[rule]', 'its id; without it every rule is listed')
    .option('--markdown', 'every rule on one page: docs/rules.md')
    .addHelpText('after', '\nExample:\n  kisum-cli explain KSM-V01')
    .action(
      run(async (id: string | undefined, options: object) =>
        (await import('../commands/explain.ts')).explain(id, options),
      ),
    );
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

export function repeated(value: string, before: string[] = []): string[] {
  return [...before, value];
}
