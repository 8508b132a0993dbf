import { rotateAuthKeys } from '../../platform/auth/keys.ts';
import type { Operation } from './platform.ts';

export interface RotateKeysArgs {
  /** Old tokens end at once instead of at their expiry. */
  dropOld: boolean;
}

/** A new signing key for the local Auth service. Returns its id. */
export const rotateKeys: Operation<RotateKeysArgs, string> = ({ keysFile }, { dropOld }) =>
  rotateAuthKeys(keysFile, { dropOld });
