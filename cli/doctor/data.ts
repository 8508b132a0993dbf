import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { openDatabase } from '../../platform/database/database.ts';
import { migrationStatus } from '../../platform/database/migrate.ts';
import { HOME, inHome } from '../home.ts';
import { currentOwner } from '../owner/lock.ts';
import { missing, ok, type Check } from './check.ts';

/** Where the data is, and who has it. */
export async function dataChecks(): Promise<Check[]> {
  return [await database(), await home(), await owner()];
}

async function database(): Promise<Check> {
  const url = process.env.DATABASE_URL;
  if (!url) return ok('database', 'embedded (DATABASE_URL is not set)');
  const db = await openDatabase({ url });
  try {
    const { done, pending } = await migrationStatus(db);
    if (pending.length === 0) return ok('database', `reachable, at ${done.at(-1)}`);
    return missing('database', `reachable, not migrated yet: ${pending.join(', ')}`, 'npm run migrate');
  } catch (error) {
    return missing(
      'database',
      `not reachable: ${(error as Error).message}`,
      'start it, or correct DATABASE_URL',
    );
  } finally {
    await db.destroy();
  }
}

async function home(): Promise<Check> {
  const probe = inHome(`doctor-${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(HOME, { recursive: true });
    await writeFile(probe, '', { flag: 'wx' });
    await rm(probe);
    return ok('KISUM_HOME', `${HOME} can be written`);
  } catch (error) {
    const { code = 'error' } = error as NodeJS.ErrnoException;
    return missing(
      'KISUM_HOME',
      `${HOME} cannot be written (${code})`,
      'set KISUM_HOME to a folder of yours',
    );
  }
}

async function owner(): Promise<Check> {
  const name = 'embedded database';
  try {
    const found = await currentOwner();
    if (!found) return ok(name, 'nobody has it open');
    return ok(name, `process ${found.pid} has it open${found.endpoint ? ' (npm start)' : ''}`);
  } catch (error) {
    const fix = `when nothing of this project runs, delete ${inHome('owner.json')}`;
    return missing(name, `its lock cannot be read: ${(error as Error).message}`, fix);
  }
}
