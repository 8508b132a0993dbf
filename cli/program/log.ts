import type { Command } from 'commander';
import { run } from '../run.ts';

/** The decision log. */
export function logCommands(cli: Command): void {
  const log = cli.command('log').description('the decision log');
  log
    .command('verify')
    .description('find every change in a decision log')
    .argument('[files...]', 'from the first to the last (default: of DECISION_LOG, or npm start)')
    .option('--key <file>', 'public key that signed its checkpoints (PEM, JWK or JWKS)')
    .option('--checkpoints <files...>', 'checkpoints that were held outside of the log')
    .addHelpText(
      'after',
      '\nExample:\n  kisum-cli log verify decisions* --key log-key.pem --checkpoints /mnt/other/checkpoints\n\n' +
        'Exit code 1 with findings, 4 when there was nothing to examine.',
    )
    .action(
      run(async (files: string[], options: object) =>
        (await import('../commands/log.ts')).verify(files, options),
      ),
    );
  log
    .command('show')
    .description('show one logged decision')
    .argument('<decision>', 'its id')
    .option('--log <files...>', 'decision logs (default: of DECISION_LOG, or npm start)')
    .addHelpText(
      'after',
      '\nExample:\n  kisum-cli log show 0198c0de-0000-7000-8000-000000000001 --log decisions',
    )
    .action(
      run(async (decision: string, options: { log?: string[] }) =>
        (await import('../commands/log.ts')).show(decision, options),
      ),
    );
}
