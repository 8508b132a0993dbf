import { mkdir } from 'node:fs/promises';
import { HOME, inHome } from '../home.ts';
import { CliError, EXIT } from '../errors.ts';
import { holdAlone, holderOf } from './exclusive.ts';
import type { ProcessId } from './process.ts';

/** Who owns the embedded database: the one process that may open its folder. */
export interface Owner extends ProcessId {
  /** Where it takes commands; `null` for a command that owns it only briefly. */
  endpoint: string | null;
}

const LOCK = inHome('owner.json');

/** The living owner, if any. */
export function currentOwner(): Promise<Owner | undefined> {
  return holderOf<Owner>(LOCK);
}

/**
 * Makes this process the owner.
 * @returns what gives the ownership back
 * @throws CliError 5 naming the owner there is
 */
export async function takeOwnership(endpoint: string | null): Promise<() => Promise<void>> {
  await mkdir(HOME, { recursive: true });
  return holdAlone(LOCK, { endpoint }, owned);
}

const owned = (why: string, file: string) =>
  new CliError(
    EXIT.outside,
    `the embedded database is in use: ${why}; stop it first (or, if it is gone, delete ${file})`,
  );
