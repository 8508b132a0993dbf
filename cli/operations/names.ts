import type { Knex } from 'knex';
import { findUser, listUsers, type FoundUser } from '../../platform/auth/users.ts';
import { findCompanies, listCompanies, type Company } from '../../platform/core/companies.ts';
import { CliError, EXIT } from '../errors.ts';
import { nearest } from '../nearest.ts';

/** The one user called so: name or e-mail in any case, or id. Throws CliError 2 saying whom it could mean. */
export async function oneUser(db: Knex, text: string): Promise<FoundUser> {
  const found = await findUser(db, text);
  if (found.length === 1) return found[0]!;
  const emails = found.map(({ email }) => email).join(', ');
  if (found.length > 1) throw usage(`several users are called "${text}": say which by e-mail: ${emails}`);
  const all = await listUsers(db);
  const hint = all.length === 0 ? 'there are none yet (the demo\'s come with "npm start")' : undefined;
  const names = all.flatMap(({ name, email }) => [name, email]);
  const rest = hint ?? nearestOrAll(text, names, 'kisum-cli user list');
  throw usage(`no user has the name, e-mail or id "${text}"; ${rest}`);
}

/** The one company called so: name in any case, or id. Throws CliError 2 saying which it could mean. */
export async function oneCompany(db: Knex, text: string): Promise<Company> {
  const found = await findCompanies(db, text);
  if (found.length === 1) return found[0]!;
  const ids = found.map(({ id }) => id).join(', ');
  if (found.length > 1) throw usage(`several companies are called "${text}": say which by id: ${ids}`);
  const all = await listCompanies(db);
  const hint = all.length === 0 ? 'there are none yet (the demo\'s come with "npm start")' : undefined;
  const names = all.map(({ name }) => name);
  const rest = hint ?? nearestOrAll(text, names, 'kisum-cli company list');
  throw usage(`no company has the name or id "${text}"; ${rest}`);
}

/** `did you mean finance? kisum-cli catalog export lists all` */
export function nearestOrAll(text: string, names: string[], lists: string): string {
  const near = nearest(text, names);
  return near === undefined ? `"${lists}" lists all` : `did you mean ${near}? "${lists}" lists all`;
}

const usage = (message: string) => new CliError(EXIT.usage, message);
