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
import { changeOf } from './delegation/change.ts';
import { make, type Made } from './delegation/make.ts';
import { operatorOf } from './delegation/maker.ts';
import { noMember } from './missing.ts';
import { nearestOrAll, oneCompany, oneUser } from './names.ts';
import type { Operation, Platform } from './platform.ts';
import { quoted } from './quoted.ts';
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
  notes?: string[];
}

export interface LimitArgs extends MemberArgs {
  /** Null: not limited. */
  units: string[] | null;
  actor: string;
}

export type LimitChange = Pick<Membership, 'user' | 'company' | 'units'> & { changed: boolean } & Made;

export const addUnit: Operation<UnitArgs, UnitChange> = (platform, args) => change(platform, args, add);
export const removeUnit: Operation<UnitArgs, UnitChange> = (platform, args) => change(platform, args, remove);

async function change({ db }: Platform, args: UnitArgs, how: typeof add): Promise<UnitChange> {
  const { actor, ...notes } = await operatorOf(db, args.actor, 'changing business units');
  const company = await oneCompany(db, args.company);
  const { unit } = args;
  return { company, unit, changed: await how(db, company.id, unit, actor), ...notes };
}

/** Limits a membership to business units of its company, or lifts the limit. */
export const limitMember: Operation<LimitArgs, LimitChange> = async (platform, args) => {
  const { db } = platform;
  const { id, name, email } = await oneUser(db, args.user);
  const company = await oneCompany(db, args.company);
  const member = { userId: id, companyId: company.id };
  const units = args.units && [...new Set(args.units)].sort();
  if (units) await mustBeUnits(db, company, units);
  const making = {
    actor: args.actor,
    companyId: company.id,
    targetId: id,
    changeOf: () => changeOf('change_member', { units }),
  };
  return make(platform, making, async (trx, actor) => {
    const [known] = await readMemberships(trx, member);
    if (!known) throw noMember(name, company.name);
    const changed = JSON.stringify(units) !== JSON.stringify(known.units);
    if (changed) await limitMembership(trx, member, units, actor);
    return { user: { id, name, email }, company, units, changed };
  });
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

const lists = ({ name }: Company): string => `kisum-cli company show ${quoted(name)}`;
