import { join } from 'node:path';
import { expect } from 'chai';
import { registerModules } from '../../cli/operations/apply-catalog.ts';
import type { CliError } from '../../cli/errors.ts';
import {
  OPERATIONS,
  type OperationArgs,
  type OperationName,
  type OperationResult,
} from '../../cli/operations/operations.ts';
import type { Platform } from '../../cli/operations/platform.ts';
import { openAuthKeys } from '../../platform/auth/keys.ts';
import { seedDemo } from '../../platform/demo.ts';
import { temporaryHome } from './cli.ts';
import { embeddedDatabase, type TestDatabase } from './databases.ts';

/** The demo's people, and every operation a command has. */
export interface Operating {
  platform: Platform;
  ask: <Name extends OperationName>(name: Name, args: OperationArgs[Name]) => Promise<OperationResult<Name>>;
  drop: () => Promise<void>;
}

export async function operating(database?: TestDatabase): Promise<Operating> {
  const { db, drop } = database ?? (await embeddedDatabase());
  await registerModules(db);
  await seedDemo(db);
  const keysFile = join(await temporaryHome(), 'auth-keys.json');
  const keys = await openAuthKeys(keysFile);
  const platform: Platform = { db, keysFile, keys, issuer: 'test', audience: 'gateway' };
  return {
    platform,
    /** What goes in and what comes out is plain JSON, as through the endpoint of a running owner. */
    async ask(name, args) {
      const operation = OPERATIONS[name] as (platform: Platform, args: unknown) => Promise<unknown>;
      const result = await operation(platform, JSON.parse(JSON.stringify(args)));
      expect(JSON.parse(JSON.stringify(result))).to.deep.equal(result);
      return result as OperationResult<typeof name>;
    },
    drop,
  };
}

/** The error that the work ends with. */
export async function failing(work: Promise<unknown>): Promise<CliError> {
  const error = await work.then(
    () => undefined,
    (it: unknown) => it,
  );
  expect(error).to.be.instanceOf(Error);
  return error as CliError;
}
