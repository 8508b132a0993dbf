import { CliError, EXIT } from '../errors.ts';

/** No such table, or schema. */
const NOT_MIGRATED = ['42P01', '3F000'];
/** Of the connection, and what a server says that lets nobody in. */
const UNREACHABLE = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  '28000',
  '28P01',
  '3D000',
  '53300',
  '57P03',
];

/** A statement that was ended by its time limit, or because two changes waited for each other. */
const TOOK_TOO_LONG = ['57014', '40P01'];

/** What to do when the database of DATABASE_URL fails; any other error is given back as it is. */
export function databaseFailure(error: unknown): unknown {
  const { code, name, message } = error as { code?: unknown; name?: string; message?: string };
  if (NOT_MIGRATED.includes(String(code)))
    return new CliError(
      EXIT.precondition,
      'the database is not migrated: run "kisum-cli migrate" first',
      error,
    );
  if (TOOK_TOO_LONG.includes(String(code)) || message === 'Query read timeout')
    return new CliError(
      EXIT.outside,
      'the database did not get to it in time: another command may be changing it; repeat this',
      error,
    );
  if (UNREACHABLE.includes(String(code)) || name === 'KnexTimeoutError')
    return new CliError(
      EXIT.outside,
      `the database does not let us in (${message}): start it, or correct DATABASE_URL`,
      error,
    );
  return error;
}
