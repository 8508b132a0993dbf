import { randomUUID } from 'node:crypto';
import type { MembershipStatus } from '../../policies/contract.ts';
import { readMemberships, type Membership } from '../../platform/auth/members.ts';
import {
  addMembership,
  changeMembership,
  createUser as create,
  removeMembership,
  revokeTokens as revoke,
} from '../../platform/auth/memberships.ts';
import { findUser, listUsers, type FoundUser } from '../../platform/auth/users.ts';
import { oneCompany, oneUser } from './names.ts';
import type { Operation } from './platform.ts';

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

export type MemberChange = Pick<Membership, 'user' | 'company' | 'role' | 'status'> & { changed: boolean };

export const createUser: Operation<
  CreateUserArgs,
  Omit<FoundUser, 'tokenVersion'> & { changed: boolean }
> = async ({ db }, { name, email, id, actor }) => {
  const [known] = await findUser(db, email);
  if (known?.name === name && (id === null || id.toLowerCase() === known.id))
    return { id: known.id, name, email: known.email, changed: false };
  const user = { id: id ?? randomUUID(), name, email };
  await create(db, user, actor);
  return { ...user, changed: true };
};

export const users: Operation<Record<string, never>, FoundUser[]> = ({ db }) => listUsers(db);

export const showUser: Operation<{ user: string }, FoundUser & { memberships: Membership[] }> = async (
  { db },
  { user: text },
) => {
  const user = await oneUser(db, text);
  return { ...user, memberships: await readMemberships(db, { userId: user.id }) };
};

export const addMember: Operation<AddMemberArgs, MemberChange> = async ({ db }, args) => {
  const { user, company, member, known } = await membershipOf(db, args);
  const role = args.role ?? known?.role ?? 'MEMBER';
  const status = args.status ?? known?.status ?? 'active';
  const changed = known?.role !== role || known.status !== status;
  if (changed && known) await changeMembership(db, member, { role, status }, args.actor);
  if (changed && !known) await addMembership(db, member, { role, status }, args.actor);
  return { user, company, role, status, changed };
};

/** With the membership go its grants. */
export const removeMember: Operation<
  MemberArgs & { actor: string },
  Pick<Membership, 'user' | 'company'> & { changed: boolean }
> = async ({ db }, args) => {
  const { user, company, member, known } = await membershipOf(db, args);
  if (known) await removeMembership(db, member, args.actor);
  return { user, company, changed: known !== undefined };
};

export const revokeTokens: Operation<{ user: string; actor: string }, FoundUser> = async (
  { db },
  { user: text, actor },
) => {
  const user = await oneUser(db, text);
  await revoke(db, user.id, actor);
  return oneUser(db, user.id);
};

async function membershipOf(db: Parameters<typeof oneUser>[0], args: MemberArgs) {
  const { id, name, email } = await oneUser(db, args.user);
  const company = await oneCompany(db, args.company);
  const member = { userId: id, companyId: company.id };
  const [known] = await readMemberships(db, member);
  return { user: { id, name, email }, company, member, known };
}
