import { readMemberships, type Membership } from '../../platform/auth/members.ts';
import {
  addUnit as add,
  limitMembership,
  MAX_UNITS,
  readUnits,
  removeUnit as remove,
} from '../../platform/auth/units.ts';
import type { Company } from '../../platform/core/companies.ts';
import { CliError, EXIT } from '../errors.ts';
import { noMember } from './grants.ts';
import { nearestOrAll, oneCompany, oneUser } from './names.ts';
import type { Operation, Platform } from './platform.ts';
import type { MemberArgs } from './users.ts';

export interface UnitArgs {
  company: string;
  unit: string;
  actor: string;
}

export interface UnitChange {
  company: Company;
  unit: string;
  changed: boolean;
}

export interface LimitArgs extends MemberArgs {
  /** Null: not limited. */
  units: string[] | null;
  actor: string;
}

export type LimitChange = Pick<Membership, 'user' | 'company' | 'units'> & { changed: boolean };

export const addUnit: Operation<UnitArgs, UnitChange> = (platform, args) => change(platform, args, add);
export const removeUnit: Operation<UnitArgs, UnitChange> = (platform, args) => change(platform, args, remove);

async function change({ db }: Platform, args: UnitArgs, how: typeof add): Promise<UnitChange> {
  const company = await oneCompany(db, args.company);
  const { unit } = args;
  return { company, unit, changed: await how(db, company.id, unit, args.actor) };
}

/** Limits a membership to business units of its company, or lifts the limit. */
export const limitMember: Operation<LimitArgs, LimitChange> = async ({ db }, args) => {
  const { id, name, email } = await oneUser(db, args.user);
  const company = await oneCompany(db, args.company);
  const member = { userId: id, companyId: company.id };
  const [known] = await readMemberships(db, member);
  if (!known) throw noMember(name, company.name);
  const units = args.units && [...new Set(args.units)].sort();
  if (units) await mustBeUnits(db, company, units);
  const changed = JSON.stringify(units) !== JSON.stringify(known.units);
  if (changed) await limitMembership(db, member, units, args.actor);
  return { user: { id, name, email }, company, units, changed };
};

/** Every fault at once. */
async function mustBeUnits(db: Platform['db'], company: Company, units: string[]): Promise<void> {
  const known = await readUnits(db, company.id);
  const told = units
    .filter((unit) => !known.includes(unit))
    .map(
      (unit) =>
        `${company.name} has no business unit "${unit}"; ${nearestOrAll(unit, known, lists(company))}`,
    );
  if (units.length > MAX_UNITS) told.push(`a membership is limited to ${MAX_UNITS} business units at most`);
  if (told.length > 0) throw new CliError(EXIT.usage, told.join('\n'));
}

const lists = ({ name }: Company): string => `kisum-cli company show ${name}`;
