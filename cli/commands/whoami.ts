import { text as readAll } from 'node:stream/consumers';
import { columns } from '../columns.ts';
import { CliError, EXIT } from '../errors.ts';
import { perform } from '../operations/perform.ts';
import type { Outcome } from '../outcome.ts';

/** Whose token it is, until when, and where that user is a member. */
export async function whoami(options: { token?: string }): Promise<Outcome> {
  const given = options.token ?? process.env.KISUM_TOKEN;
  const token = (given === '-' ? await readAll(process.stdin) : given)?.trim();
  if (!token)
    throw new CliError(
      EXIT.usage,
      'no token: give it as --token <token>, KISUM_TOKEN, or on stdin with --token -',
    );
  const found = await perform('identify-token', { token });
  const { user, expiresAt, companies } = found;
  const rows = companies.map(({ company, role, status }) => [company.name, company.id, role, status]);
  const text = [
    `${user.name}  ${user.email}  ${user.id}`,
    `valid until ${expiresAt}`,
    columns(rows) || 'a member of no company',
  ].join('\n');
  return { text, data: found };
}
