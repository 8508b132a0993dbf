import { grant as add, revoke as take, type GrantKeys } from '../../platform/auth/memberships.ts';
import { readMemberships, type Membership } from '../../platform/auth/members.ts';
import { readCatalog } from '../../platform/core/catalog.ts';
import { CliError, EXIT } from '../errors.ts';
import { emptyCatalog } from './entitlements.ts';
import { nearestOrAll, oneCompany, oneUser } from './names.ts';
import type { Operation, Platform } from './platform.ts';

export interface GrantArgs {
  user: string;
  company: string;
  /** Each a module, a permission, or `<module>.*`: the module with all its permissions. */
  keys: string[];
  /** Every module among them with all its permissions. */
  all: boolean;
  actor: string;
}

export interface GrantResult {
  user: Membership['user'];
  company: Membership['company'];
  /** What was asked for, and what of it was changed. */
  asked: GrantKeys;
  changed: GrantKeys;
  /** Modules of granted permissions that are not granted themselves: without them those permissions give nothing. */
  missingModules: string[];
}

export const grant: Operation<GrantArgs, GrantResult> = (platform, args) => change(platform, args, add);
export const revoke: Operation<GrantArgs, GrantResult> = (platform, args) => change(platform, args, take);

async function change({ db }: Platform, args: GrantArgs, how: typeof add): Promise<GrantResult> {
  const { id, name, email } = await oneUser(db, args.user);
  const company = await oneCompany(db, args.company);
  const member = { userId: id, companyId: company.id };
  const asked = await keysOf(db, args);
  if ((await readMemberships(db, member)).length === 0) throw noMember(name, company.name);
  const changed = await how(db, member, asked, args.actor);
  const [after] = await readMemberships(db, member);
  const needed = new Set(after!.permissions.map(moduleOf));
  const missingModules = [...needed].filter((module) => !after!.modules.includes(module));
  return { user: { id, name, email }, company, asked, changed, missingModules };
}

/** Every fault at once. */
async function keysOf(db: Platform['db'], { keys, all }: GrantArgs): Promise<GrantKeys> {
  const { data } = await readCatalog(db);
  const known = { modules: Object.keys(data.modules), permissions: Object.keys(data.permissions) };
  if (known.modules.length === 0) throw emptyCatalog();

  const modules = new Set<string>();
  const permissions = new Set<string>();
  const unknown: string[] = [];
  for (const key of keys) {
    const module = key.replace(/\.\*$/, '');
    if (known.modules.includes(module)) modules.add(module);
    else if (known.permissions.includes(key)) permissions.add(key);
    else unknown.push(key);
    if (!all && module === key) continue;
    for (const permission of known.permissions)
      if (moduleOf(permission) === module) permissions.add(permission);
  }
  if (unknown.length > 0) throw noSuchKeys(unknown, [...known.modules, ...known.permissions]);
  return { modules: [...modules].sort(), permissions: [...permissions].sort() };
}

/** A permission begins with its module's key. */
const moduleOf = (permission: string): string => permission.split('.')[0]!;

function noSuchKeys(unknown: string[], known: string[]): CliError {
  const lists = 'kisum-cli catalog export';
  const told = unknown.map(
    (key) => `no module or permission is called "${key}"; ${nearestOrAll(key, known, lists)}`,
  );
  return new CliError(EXIT.usage, told.join('\n'));
}

export function noMember(user: string, company: string): CliError {
  return new CliError(
    EXIT.conflict,
    `${user} is not a member of ${company}: kisum-cli user add ${quoted(user)} ${quoted(company)}`,
  );
}

/** As it is typed in a shell. */
export function quoted(text: string): string {
  return /^[\w.@:*-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
