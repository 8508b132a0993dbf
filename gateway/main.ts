import { openDatabase } from '../platform/database/database.ts';
import { ConfigError, readConfig } from './config.ts';
import { PortTaken, startGateway } from './gateway.ts';
import { createLog } from './log.ts';

/** Exit codes shared with the CLI: 2 wrong usage or environment, 4 cannot be checked, 5 something outside is in the way. */
const EXIT_USAGE = 2;
const EXIT_PRECONDITION = 4;
const EXIT_OUTSIDE = 5;

/** Production entry: built JavaScript, configured by environment alone, nothing embedded. */
async function main(args: string[]): Promise<void> {
  const config = await readConfig(process.env);
  if (args.includes('--check')) return void process.stdout.write('the environment is usable\n');

  const { log, flush } = createLog(config.LOG_LEVEL);
  const db = await openDatabase({ url: config.DATABASE_URL }, { timeoutMs: config.DB_TIMEOUT_MS });
  const gateway = await startGateway(config, db, log.child({ service: 'gateway' }));
  log.info({ url: gateway.url, adminUrl: gateway.adminUrl }, 'gateway listens');

  const stop = async () => {
    log.info('draining');
    await gateway.drain();
    await db.destroy();
    flush();
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop());
  process.once('SIGINT', () => void stop());
}

function exitCode(error: unknown): number {
  if (error instanceof ConfigError) return EXIT_USAGE;
  return error instanceof PortTaken ? EXIT_OUTSIDE : EXIT_PRECONDITION;
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`kisum gateway: ${error.message}\n`);
  process.exit(exitCode(error));
});
