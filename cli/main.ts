import { inspect } from 'node:util';
import { Command, CommanderError } from 'commander';
import { CliError, EXIT } from './errors.ts';

/** Every command on one page; each is loaded when it is used. */
function program(): Command {
  const cli = new Command('kisum-cli')
    .description('Policy-as-code access for Kisum: run it, try it, and build what stands behind it.')
    .showHelpAfterError('(kisum-cli --help lists the commands)')
    .exitOverride();

  cli
    .command('start')
    .description('run everything on embedded defaults: database, Auth, gateway, modules')
    .action(async () => (await import('./commands/start.ts')).start());
  cli
    .command('reset')
    .description('forget the embedded data')
    .action(async () => (await import('./commands/reset.ts')).reset());
  cli
    .command('migrate')
    .description('bring the database schema forward')
    .option('--down', 'take back the last batch')
    .option('--status', 'say what is done and what is pending')
    .action(async (options: object) => (await import('./commands/migrate.ts')).migrate(options));
  cli
    .command('token')
    .description('print a token of the local Auth service')
    .option('--user <name|email|id>', 'whose token')
    .option('--ttl <seconds>', 'how long it lives', '3600')
    .action(async (options: { user?: string; ttl: string }) =>
      (await import('./commands/token.ts')).token(options),
    );

  const catalog = cli.command('catalog').description('what is sold and served');
  catalog
    .command('apply')
    .description('bring the database to what the module folders declare')
    .action(async () => (await import('./commands/catalog.ts')).apply());

  const keys = cli.command('keys').description('signing keys');
  keys
    .command('rotate')
    .description('give the local Auth service a new signing key')
    .option('--drop-old', 'end every older token at once')
    .action(async (options: object) => (await import('./commands/keys.ts')).rotate(options));
  keys
    .command('generate')
    .description('print a value for ASSERTION_KEYS')
    .action(async () => (await import('./commands/keys.ts')).generate());

  const policy = cli.command('policy').description('the policies in policies/kisum');
  policy
    .command('build')
    .description('compile them and lock what was compiled')
    .option('--check', 'compare with the committed bundle instead of writing it')
    .action(async (options: object) => (await import('./commands/policy.ts')).build(options));
  policy
    .command('check')
    .description('format, types, tests and coverage')
    .action(async () => (await import('./commands/policy.ts')).check());
  return cli;
}

/** Named errors of the rooms below, which know nothing of exit codes. */
const EXPECTED = new Map<string, number>([
  ['ConfigError', EXIT.usage],
  ['PortTaken', EXIT.outside],
  ['WorkbenchError', EXIT.precondition],
  ['RefusedByDatabase', EXIT.conflict],
  ['ManifestError', EXIT.findings],
]);

/** The one place where a failure becomes an exit code. */
function fail(error: Error): never {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage);
  const code = error instanceof CliError ? error.exitCode : EXPECTED.get(error.name);
  if (code === undefined) {
    process.stderr.write(`kisum-cli failed unexpectedly; please report this:\n${inspect(error)}\n`);
    process.exit(EXIT.bug);
  }
  process.stderr.write(`kisum-cli: ${error.message}\n`);
  process.exit(code);
}

await program().parseAsync().catch(fail);
