import { isUuid } from '../../../platform/auth/tokens.ts';
import { findUser, listUsers, type FoundUser } from '../../../platform/auth/users.ts';
import { CliError, EXIT } from '../../errors.ts';
import { slip } from '../../nearest.ts';
import { latinLook } from '../../twins.ts';
import type { Platform } from '../platform.ts';

/** Whoever makes a change, as history keeps them. */
export interface Maker {
  /** `user:<id>`, or an operator's name as it was given. */
  actor: string;
  /** Null: an operator, whom no policy judges. */
  user: FoundUser | null;
}

/** What a person should hear of how the name was taken. */
export interface Noted {
  notes?: string[];
}

const USER = /^user:/i;

/**
 * Who `--as` (or KISUM_ACTOR) names: a user by name, e-mail or id, else an operator. Throws CliError 2 for what could be
 * either: a slip must not become an operator.
 */
export async function makerOf(db: Platform['db'], given: string): Promise<Maker & Noted> {
  const text = given.trim();
  if (text === '') throw usage('--as names nobody: say who makes this change');
  const name = text.replace(USER, '');
  const look = lookOf(text);
  const found = await findUser(db, name);
  if (found.length === 1) return { actor: `user:${found[0]!.id}`, user: found[0]! };
  if (found.length > 1) {
    const emails = found.map(({ email }) => email).join(', ');
    throw usage(`--as ${text}: several users are called so: say which by e-mail: ${emails}`);
  }
  if (USER.test(look) || name.includes('@') || isUuid(name))
    throw usage(`--as ${text}: there is no such user; "kisum-cli user list" lists all`);

  const names = (await listUsers(db)).flatMap((user) => [user.name, user.email]);
  const twin = names.find((known) => lookOf(known) === look);
  if (twin !== undefined)
    throw usage(`--as ${text} is no user, and looks like ${twin}: write that name, or another operator's`);
  const near = slip(text, names);
  const notes = [`note: ${text} is taken as an operator's name; the user is ${near}`];
  return { actor: text, user: null, ...(near !== undefined && { notes }) };
}

/** For what no user does, whatever the policy. Throws CliError 6 for a user. */
export async function operatorOf(
  db: Platform['db'],
  given: string,
  what: string,
): Promise<{ actor: string } & Noted> {
  const { user, ...operator } = await makerOf(db, given);
  if (user === null) return operator;
  throw new CliError(
    EXIT.refused,
    `${user.name} is a user: ${what} is for operators; leave --as and KISUM_ACTOR away, or name an operator`,
  );
}

/** What is left of a name at a glance: no case, no accents, nothing invisible. */
function lookOf(text: string): string {
  return latinLook(text.toLowerCase())
    .replace(/[\p{C}\p{Default_Ignorable_Code_Point}\s]+/gu, '')
    .toLowerCase();
}

const usage = (message: string) => new CliError(EXIT.usage, message);
