import type { Command } from 'commander';
import type { ExplainOptions } from '../../commands/policy-explain.ts';
import { run } from '../../run.ts';

/** Explain one decision. */
export function judgeCommands(policy: Command): void {
  policy
    .command('explain')
    .description('why a request is allowed or denied, layer by layer')
    .argument('[decision]', 'id of a logged decision: as it was then, and as it would be now')
    .option('--user <user>', 'name, e-mail or id')
    .option('--company <company>', 'name or id')
    .option('--method <method>', 'of the request', 'GET')
    .option('--path <path>', 'of the request, as /api/finance/expenses')
    .option('--log <file...>', 'decision logs (default: of DECISION_LOG, or npm start)')
    .option('--policy <bundle>', 'the policy of that time (default: the one in force)')
    .addHelpText(
      'after',
      '\nExample:\n  kisum-cli policy explain --user ben --company acme --path /api/finance/incomes',
    )
    .action(
      run(async (decision: string | undefined, options: ExplainOptions) =>
        (await import('../../commands/policy-explain.ts')).explain(decision, options),
      ),
    );
}
