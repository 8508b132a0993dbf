import { grant as add, revoke as take, type GrantKeys } from '../../platform/auth/memberships.ts';
import { readMemberships, type Membership } from '../../platform/auth/members.ts';
import { readCatalog } from '../../platform/core/catalog.ts';
import { CliError, EXIT } from '../errors.ts';
import { changeOf } from './delegation/change.ts';
import { make, type Made } from './delegation/make.ts';
import { emptyCatalog, noMember } from './missing.ts';
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

export interface GrantUntilArgs extends GrantArgs {
  /** ISO moment, the first without the grants; null, or absent: until they are revoked. */
  until?: string | null;
}

export interface GrantResult extends Made {
  user: Membership['user'];
  company: Membership['company'];
  /** What was asked for, and what of it was changed. */
  asked: GrantKeys;
  changed: GrantKeys;
  /** Modules of granted permissions that are not granted themselves: without them those permissions give nothing. */
  missingModules: string[];
  /** Of what was asked for and is granted now, when it ends by itself: key → ISO. */
  ends: Membership['ends'];
}

export const grant: Operation<GrantUntilArgs, GrantResult> = (platform, args) => {
  const endsAt = args.until ? new Date(args.until) : null;
  return change(platform, 'grant', args, (...how) => add(...how, endsAt));
};

export const revoke: Operation<GrantArgs, GrantResult> = (platform, args) =>
  change(platform, 'revoke', args, take);

async function change(
  platform: Platform,
  type: 'grant' | 'revoke',
  args: GrantArgs,
  how: typeof take,
): Promise<GrantResult> {
  const { db } = platform;
  const { id, name, email } = await oneUser(db, args.user);
  const company = await oneCompany(db, args.company);
  const member = { userId: id, companyId: company.id };
  const asked = await keysOf(db, args);
  const making = {
    actor: args.actor,
    companyId: company.id,
    targetId: id,
    changeOf: () => changeOf(type, { modules: [...asked.modules], permissions: [...asked.permissions] }),
  };
  return make(platform, making, async (trx, actor) => {
    if ((await readMemberships(trx, member)).length === 0) throw noMember(name, company.name);
    const changed = await how(trx, member, asked, actor);
    const [after] = await readMemberships(trx, member);
    const { modules, permissions, ends } = after!;
    const needed = new Set(permissions.map(moduleOf));
    const missingModules = [...needed].filter((module) => !modules.includes(module));
    const keys = new Set([...asked.modules, ...asked.permissions]);
    const endsOfAsked = Object.fromEntries(Object.entries(ends).filter(([key]) => keys.has(key)));
    return { user: { id, name, email }, company, asked, changed, missingModules, ends: endsOfAsked };
  });
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
