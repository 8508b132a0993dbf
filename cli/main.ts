import { program } from './program/program.ts';
import { fail } from './run.ts';

// Whoever reads stdout may stop early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
const cli = program();
if (process.argv[2] === 'complete') (await import('./complete.ts')).addComplete(cli, process.argv.slice(4));
await cli.parseAsync().catch(fail);
