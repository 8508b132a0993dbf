import { CliError, EXIT } from '../errors.ts';
import type { Outcome } from '../outcome.ts';
import { perform } from '../operations/perform.ts';

export interface TokenOptions {
  user?: string;
  ttl: string;
}

/** Prints a token of the local Auth service and nothing else. */
export async function token({ user, ttl }: TokenOptions): Promise<Outcome> {
  if (process.env.NODE_ENV === 'production') {
    throw new CliError(EXIT.precondition, 'the local Auth service issues no tokens in production');
  }
  // Not commander's requiredOption, which would name a mistyped --user as missing.
  if (!user) throw new CliError(EXIT.usage, 'say whose token: kisum-cli token --user <name|email|id>');
  const ttlSeconds = Number(ttl);
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1)
    throw new CliError(EXIT.usage, '--ttl is a number of seconds');
  const issued = await perform('create-token', { user, ttlSeconds });
  return { text: issued, data: { token: issued } };
}
