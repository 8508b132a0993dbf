import { program } from './program/program.ts';
import { fail } from './run.ts';

const cli = program();
if (process.argv[2] === 'complete') (await import('./complete.ts')).addComplete(cli);
await cli.parseAsync().catch(fail);
