import { program } from './program/program.ts';
import { fail } from './run.ts';

await program().parseAsync().catch(fail);
