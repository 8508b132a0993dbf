import { setTimeout } from 'node:timers/promises';
import { openDatabase } from '../../platform/database/database.ts';
import { migrateUp } from '../../platform/database/migrate.ts';
import { CliError, EXIT } from '../errors.ts';
import { inHome, keptSecret } from '../home.ts';
import { newSecret } from '../owner/secret.ts';
import { currentOwner, takeOwnership, type Owner } from '../owner/lock.ts';
import type { Answer } from '../owner/endpoint.ts';
import { databaseFailure } from './database-failure.ts';
import { OPERATIONS, type OperationArgs, type OperationName, type OperationResult } from './operations.ts';
import { localPlatform } from './platform.ts';

const PATIENCE_MS = 10_000;

/**
 * Performs an operation where the data is: on `DATABASE_URL`, in the running owner of the embedded database, or on
 * the embedded database itself, owned for as long as it takes.
 */
export async function perform<Name extends OperationName>(
  name: Name,
  args: OperationArgs[Name],
): Promise<OperationResult<Name>> {
  const url = process.env.DATABASE_URL;
  if (url) return runOn({ url }, name, args);
  const owner = await settledOwner();
  if (owner?.endpoint) return ask(owner as Owner & { endpoint: string }, name, args);
  const release = await takeOwnership(null);
  try {
    return await runOn({ folder: inHome('db') }, name, args);
  } finally {
    await release();
  }
}

/** A command owns the database only briefly: what it holds is worth a short wait. */
async function settledOwner(): Promise<Owner | undefined> {
  for (const until = Date.now() + PATIENCE_MS; ; await setTimeout(100)) {
    const owner = await currentOwner();
    if (!owner || owner.endpoint || Date.now() > until) return owner;
  }
}

async function runOn<Name extends OperationName>(
  place: { url: string } | { folder: string },
  name: Name,
  args: OperationArgs[Name],
): Promise<OperationResult<Name>> {
  const db = await openDatabase(place);
  try {
    if ('folder' in place) await migrateUp(db);
    const operation = OPERATIONS[name] as (
      platform: unknown,
      args: unknown,
    ) => Promise<OperationResult<Name>>;
    return await operation(await localPlatform(db), args);
  } catch (error) {
    throw 'url' in place ? databaseFailure(error) : error;
  } finally {
    await db.destroy();
  }
}

async function ask<Name extends OperationName>(
  owner: Owner & { endpoint: string },
  name: Name,
  args: OperationArgs[Name],
): Promise<OperationResult<Name>> {
  const authorization = `Bearer ${await keptSecret('admin-secret', newSecret)}`;
  const response = await fetch(`${owner.endpoint}/${name}`, {
    method: 'POST',
    headers: { authorization },
    body: JSON.stringify(args),
  }).catch((cause: unknown) => {
    throw new CliError(
      EXIT.outside,
      `process ${owner.pid} owns the embedded database and does not answer`,
      cause,
    );
  });
  const answer = (await response.json()) as Answer;
  if (!answer.ok) throw new CliError(answer.exitCode, answer.message, undefined, answer.reasons);
  return answer.result as OperationResult<Name>;
}
