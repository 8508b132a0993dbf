import { randomBytes } from 'node:crypto';

/** A secret nobody can guess. */
export const newSecret = (): string => randomBytes(32).toString('base64url');
