import { randomBytes } from 'node:crypto';
import { openDatabase } from '../../../../platform/database/database.ts';
import { CliError, EXIT } from '../../../errors.ts';

/** A database of one check alone on a real server, and a login that is a member of nothing yet. */
export interface Scratch {
  ownerUrl: string;
  url: string;
  login: string;
  drop: () => Promise<void>;
}

/** @param serverUrl by a role that may create databases and roles */
export async function scratchDatabase(serverUrl: string): Promise<Scratch> {
  const name = `kisum_check_${randomBytes(6).toString('hex')}`;
  const password = randomBytes(16).toString('hex');
  try {
    await onServer(serverUrl, [
      `create database ${name}`,
      `create role ${name} login password '${password}'`,
    ]);
  } catch (cause) {
    throw new CliError(
      EXIT.outside,
      'the database server cannot be used: TEST_DATABASE_URL names a role that may create databases and roles',
      cause,
    );
  }
  const ownerUrl = Object.assign(new URL(serverUrl), { pathname: `/${name}` });
  const url = Object.assign(new URL(ownerUrl), { username: name, password });
  return {
    ownerUrl: ownerUrl.href,
    url: url.href,
    login: name,
    drop: () => onServer(serverUrl, [`drop database ${name} with (force)`, `drop role ${name}`]),
  };
}

async function onServer(url: string, statements: string[]): Promise<void> {
  const db = await openDatabase({ url });
  try {
    for (const statement of statements) await db.raw(statement);
  } finally {
    await db.destroy();
  }
}
