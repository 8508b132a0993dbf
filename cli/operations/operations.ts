import { applyCatalog } from './apply-catalog.ts';
import { createToken, type CreateTokenArgs } from './create-token.ts';
import { rotateKeys, type RotateKeysArgs } from './rotate-keys.ts';

/** Everything a command can ask of the data, by name: run here, or in the process that owns the embedded database. */
export const OPERATIONS = {
  'apply-catalog': applyCatalog,
  'create-token': createToken,
  'rotate-keys': rotateKeys,
};

export interface OperationArgs {
  'apply-catalog': Record<string, never>;
  'create-token': CreateTokenArgs;
  'rotate-keys': RotateKeysArgs;
}

export type OperationName = keyof typeof OPERATIONS;
export type OperationResult<Name extends OperationName> = Awaited<ReturnType<(typeof OPERATIONS)[Name]>>;
