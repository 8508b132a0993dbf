import { readFile } from 'node:fs/promises';
import { openAuthKeys, type AuthKeys } from '../../platform/auth/keys.ts';
import type { ChangeRefused } from '../../platform/auth/delegation.ts';
import type { Database } from '../../platform/database/database.ts';
import { inHome, whenMissing } from '../home.ts';

/** What an operation works on. */
export interface Platform {
  db: Database;
  keys: AuthKeys;
  keysFile: string;
  issuer: string;
  audience: string;
  /** What the versions are signed with that a write returns; absent: it returns none. */
  versionSecret?: string | undefined;
  /** Told of every change that policy refused. */
  onRefusal?: (refused: ChangeRefused) => void;
}

/** One thing that can be asked of the data. */
export type Operation<Args, Result> = (platform: Platform, args: Args) => Promise<Result>;

const KEYS_FILE = inHome('auth-keys.json');
export const DEFAULT_ISSUER = 'kisum-auth';
export const DEFAULT_AUDIENCE = 'gateway';

/** The local platform: this database, and the local Auth's keys. */
export async function localPlatform(db: Database): Promise<Platform> {
  return {
    db,
    keys: await openAuthKeys(KEYS_FILE),
    keysFile: KEYS_FILE,
    issuer: process.env.AUTH_ISSUER || DEFAULT_ISSUER,
    audience: process.env.AUTH_AUDIENCE || DEFAULT_AUDIENCE,
    versionSecret: process.env.INTERNAL_API_KEY || (await internalKeyOfHome()),
  };
}

/** The key that `npm start` made for the embedded database; a server's gateways are given theirs. */
async function internalKeyOfHome(): Promise<string | undefined> {
  if (process.env.DATABASE_URL) return undefined;
  return readFile(inHome('internal-api-key'), 'utf8').catch(whenMissing);
}
