import { isUuid } from '../../platform/auth/tokens.ts';
import { CliError, EXIT } from '../errors.ts';

/** `--id` in lower case; null when it is not given. Throws CliError 2. */
export function idOption(id: string | undefined): string | null {
  if (id === undefined) return null;
  if (!isUuid(id)) throw new CliError(EXIT.usage, `--id ${id} is no UUID; leave it out for a new one`);
  return id.toLowerCase();
}
