import type { MembershipStatus } from '../../policies/contract.ts';
import { actor } from '../actor.ts';
import { columns } from '../columns.ts';
import { CliError, EXIT } from '../errors.ts';
import { perform } from '../operations/perform.ts';
import type { Outcome } from '../outcome.ts';
import { idOption } from './id-option.ts';
import { limitText } from './units.ts';

export interface CreateUserOptions {
  email?: string;
  id?: string;
  as?: string;
}

/** A user of no company yet. One that is there already is left as it is. */
export async function create(name: string | undefined, options: CreateUserOptions): Promise<Outcome> {
  const { email } = options;
  const missing = [name ? '' : '<name>', email ? '' : '--email <address>'].filter(Boolean);
  if (!name || !email) throw new CliError(EXIT.usage, `say also: ${missing.join(' and ')}`);
  const user = await perform('create-user', { name, email, id: idOption(options.id), actor: actor(options) });
  const done = user.changed ? 'created' : 'unchanged';
  return { text: columns([[user.name, user.email, user.id, done]]), data: user, notes: user.notes };
}

export async function list(): Promise<Outcome> {
  const users = await perform('list-users', {});
  const rows = users.map(({ name, email, id }) => [name, email, id]);
  return { text: columns(rows), data: users, examined: { users: users.length } };
}

/** Where the user is a member, and what was granted there. What of it counts: `access`. */
export async function show(user: string): Promise<Outcome> {
  const { memberships, ...found } = await perform('show-user', { user });
  const blocks = memberships.map(({ company, role, status, units, modules, permissions, ends }) => {
    const list = (keys: string[]) =>
      keys.map((key) => (ends[key] === undefined ? key : `${key} until ${ends[key]}`)).join(', ');
    return [
      `${company.name}  ${role}, ${status}${units ? `, limited to ${limitText(units)}` : ''}`,
      `  modules      ${list(modules) || 'none granted'}`,
      `  permissions  ${list(permissions) || 'none granted'}`,
    ].join('\n');
  });
  const none = 'a member of no company yet: kisum-cli user add <user> <company>';
  const text = [`${found.name}  ${found.email}  ${found.id}`, ...blocks, ...(blocks[0] ? [] : [none])].join(
    '\n',
  );
  return { text, data: { ...found, memberships } };
}

export interface AddOptions {
  role?: string;
  status?: MembershipStatus;
  as?: string;
}

/** Makes the user a member, or changes the membership to what is said. */
export async function add(user: string, company: string, options: AddOptions): Promise<Outcome> {
  const { role = null, status = null } = options;
  const done = await perform('add-member', { user, company, role, status, actor: actor(options) });
  const text = `${done.user.name} in ${done.company.name}: ${done.role}, ${done.status}${unchanged(done)}`;
  return { text, data: done, notes: done.notes };
}

export async function remove(user: string, company: string, options: { as?: string }): Promise<Outcome> {
  const done = await perform('remove-member', { user, company, actor: actor(options) });
  const text = `${done.user.name} is no member of ${done.company.name}${unchanged(done)}`;
  return { text, data: done, notes: done.notes };
}

/** Every token issued so far ends now. */
export async function revokeTokens(user: string, options: { as?: string }): Promise<Outcome> {
  const { name, tokenVersion, notes, ...rest } = await perform('revoke-tokens', {
    user,
    actor: actor(options),
  });
  const text = `every token of ${name} issued until now is revoked (token version ${tokenVersion})`;
  return { text, data: { ...rest, name, tokenVersion }, notes };
}

const unchanged = ({ changed }: { changed: boolean }): string => (changed ? '' : ' (unchanged)');
