import { randomUUID } from 'node:crypto';
import type { MembershipStatus, RoleFacts } from '../../policies/contract.ts';
import { readMemberships, type Membership } from '../../platform/auth/members.ts';
import {
  addMembership,
  changeMembership,
  createUser as create,
  removeMembership,
  revokeTokens as revoke,
} from '../../platform/auth/memberships.ts';
import type { Target } from '../../platform/auth/delegation.ts';
import { readRole } from '../../platform/auth/roles.ts';
import { findUser, listUsers, type FoundUser } from '../../platform/auth/users.ts';
import { CliError, EXIT } from '../errors.ts';
import { changeOf } from './delegation/change.ts';
import { make, type Made } from './delegation/make.ts';
import { operatorOf, type Noted } from './delegation/maker.ts';
import { oneCompany, oneUser } from './names.ts';
import type { Operation, Platform } from './platform.ts';

export interface CreateUserArgs {
  name: string;
  email: string;
  /** Default: a new one. */
  id: string | null;
  actor: string;
}

export interface MemberArgs {
  user: string;
  company: string;
}

export interface AddMemberArgs extends MemberArgs {
  /** Null: as it is, or MEMBER. */
  role: string | null;
  /** Null: as it is, or active. */
  status: MembershipStatus | null;
  actor: string;
}

export type MemberChange = Pick<Membership, 'user' | 'company' | 'role' | 'status'> & {
  changed: boolean;
} & Made;

export const createUser: Operation<
  CreateUserArgs,
  Omit<FoundUser, 'tokenVersion'> & { changed: boolean } & Noted
> = async ({ db }, { name, email, id, actor: given }) => {
  const { actor, ...notes } = await operatorOf(db, given, 'adding users');
  const [known] = await findUser(db, email);
  if (known?.name === name && (id === null || id.toLowerCase() === known.id))
    return { id: known.id, name, email: known.email, changed: false, ...notes };
  const user = { id: id ?? randomUUID(), name, email };
  await create(db, user, actor);
  return { ...user, changed: true, ...notes };
};

export const users: Operation<Record<string, never>, FoundUser[]> = ({ db }) => listUsers(db);

export const showUser: Operation<{ user: string }, FoundUser & { memberships: Membership[] }> = async (
  { db },
  { user: text },
) => {
  const user = await oneUser(db, text);
  return { ...user, memberships: await readMemberships(db, { userId: user.id }) };
};

export const addMember: Operation<AddMemberArgs, MemberChange> = async (platform, args) => {
  const { user, company, member } = await memberOf(platform.db, args);
  const given = args.role === null ? null : await oneRole(platform.db, args.role);
  const usual = await oneRole(platform.db, 'MEMBER');
  const changed = ({ membership }: Target) =>
    membership === null
      ? changeOf('add_member', { role: given ?? usual })
      : changeOf('change_member', { role: given });
  const making = {
    actor: args.actor,
    companyId: company.id,
    targetId: user.id,
    changeOf: (target: Target | null) => changed(target!),
  };
  return make(platform, making, async (trx, actor) => {
    const [known] = await readMemberships(trx, member);
    const role = args.role ?? known?.role ?? 'MEMBER';
    const status = args.status ?? known?.status ?? 'active';
    const changed = known?.role !== role || known.status !== status;
    if (changed && known) await changeMembership(trx, member, { role, status }, actor);
    if (changed && !known) await addMembership(trx, member, { role, status }, actor);
    return { user, company, role, status, changed };
  });
};

/** With the membership go its grants. */
export const removeMember: Operation<
  MemberArgs & { actor: string },
  Pick<Membership, 'user' | 'company'> & { changed: boolean } & Made
> = async (platform, args) => {
  const { user, company, member } = await memberOf(platform.db, args);
  const making = {
    actor: args.actor,
    companyId: company.id,
    targetId: user.id,
    changeOf: () => changeOf('remove_member'),
  };
  return make(platform, making, async (trx, actor) => {
    const [known] = await readMemberships(trx, member);
    if (known) await removeMembership(trx, member, actor);
    return { user, company, changed: known !== undefined };
  });
};

export const revokeTokens: Operation<{ user: string; actor: string }, FoundUser & Noted> = async (
  { db },
  { user: text, actor: given },
) => {
  const { actor, ...notes } = await operatorOf(db, given, 'revoking tokens');
  const user = await oneUser(db, text);
  await revoke(db, user.id, actor);
  return { ...(await oneUser(db, user.id)), ...notes };
};

async function memberOf(db: Platform['db'], args: MemberArgs) {
  const { id, name, email } = await oneUser(db, args.user);
  const company = await oneCompany(db, args.company);
  return { user: { id, name, email }, company, member: { userId: id, companyId: company.id } };
}

/** What a role may hand on. Throws CliError 2 where there is none of this name. */
async function oneRole(db: Platform['db'], key: string): Promise<RoleFacts> {
  const role = await readRole(db, key);
  if (role === null) throw new CliError(EXIT.usage, `there is no role ${key}: OWNER, ADMIN or MEMBER`);
  return role;
}
