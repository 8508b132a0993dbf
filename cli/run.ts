import { inspect } from 'node:util';
import { CommanderError, type Command } from 'commander';
import { EXIT, exitCodeOf } from './errors.ts';
import { envelope, type Outcome } from './outcome.ts';

/** The command that runs: `catalog apply`. Empty until the command line is understood. */
let command = '';

/** A command's action: does the work and prints what it ended with. Only `start` and `dev` end with nothing. */
export function run<Args extends unknown[]>(work: (...args: Args) => Promise<Outcome | void>) {
  return async function (this: Command, ...args: Args): Promise<void> {
    command = nameOf(this);
    const outcome = await work(...args);
    if (outcome) print(outcome);
  };
}

function print(outcome: Outcome): void {
  const { text, exitCode = EXIT.ok, notes = [] } = outcome;
  for (const note of notes) process.stderr.write(`kisum-cli: ${note}\n`);
  if (wantsJson()) printJson(envelope(command, performance.now(), outcome));
  else if (text !== '') process.stdout.write(`${text}\n`);
  process.exitCode = exitCode;
}

/** The one place where a failure becomes an exit code. */
export function fail(error: Error): void {
  if (error instanceof CommanderError && error.exitCode === 0) return;
  const exitCode = error instanceof CommanderError ? EXIT.usage : exitCodeOf(error);
  process.exitCode = exitCode;
  if (wantsJson()) printJson(envelope(command, performance.now(), { error, exitCode }));
  // Commander has said what was wrong with the usage.
  if (error instanceof CommanderError) return;
  const text =
    exitCode === EXIT.bug || process.argv.includes('--debug')
      ? `kisum-cli failed unexpectedly; please report this:\n${inspect(error)}`
      : `kisum-cli: ${error.message}`;
  process.stderr.write(`${text}\n`);
}

/** Read from the command line itself, because a command line that cannot be parsed is reported in JSON as well. */
function wantsJson(): boolean {
  const { argv } = process;
  return (
    argv.includes('--json') || argv.includes('--format=json') || argv[argv.indexOf('--format') + 1] === 'json'
  );
}

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

function nameOf(leaf: Command): string {
  const names: string[] = [];
  for (let it: Command | null = leaf; it?.parent; it = it.parent) names.unshift(it.name());
  return names.join(' ');
}
