import { existsSync, statSync } from 'node:fs';
import { rotatedFiles } from '../gateway/decision-log/files.ts';
import { isUrl } from '../gateway/decision-log/settings.ts';
import { listed } from '../gateway/request/listed.ts';
import { CliError, EXIT } from './errors.ts';
import { inHome } from './home.ts';

/** Where `npm start` writes its decisions. */
export const LOCAL_LOG = inHome('decisions.log');

/**
 * The decision logs that were named; by default those of this environment, rotated ones first: what DECISION_LOG names, or
 * else what `npm start` wrote. Throws CliError 4 when a named one is no file, 2 when there are none.
 */
export async function decisionLogs(named: string[] = []): Promise<string[]> {
  for (const file of named) refuseMissing(file);
  return named.length > 0 ? named : ownLogs();
}

/** Throws CliError 4. */
export function refuseMissing(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isFile()) return;
  throw new CliError(EXIT.precondition, `${file} cannot be read: it is no file`);
}

async function ownLogs(): Promise<string[]> {
  const named = listed(process.env.DECISION_LOG ?? '').filter((sink) => !isUrl(sink));
  const logs = (named.length > 0 ? named : [LOCAL_LOG]).filter((file) => existsSync(file));
  if (logs.length > 0) return (await Promise.all(logs.map(withRotated))).flat();
  throw new CliError(
    EXIT.usage,
    'say where the decision log is: its file, or DECISION_LOG in the environment; npm start writes one',
  );
}

const withRotated = async (file: string): Promise<string[]> => [...(await rotatedFiles(file)), file];
