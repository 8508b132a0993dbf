import { randomUUID } from 'node:crypto';
import { readMemberships, type Membership } from '../../platform/auth/members.ts';
import { readUnits } from '../../platform/auth/units.ts';
import {
  findCompanies,
  listCompanies,
  readBought,
  type Bought,
  type Company,
} from '../../platform/core/companies.ts';
import { createCompany as create } from '../../platform/core/subscriptions.ts';
import { operatorOf, type Noted } from './delegation/maker.ts';
import { oneCompany } from './names.ts';
import { plain, type Plain } from './plain.ts';
import type { Operation } from './platform.ts';

export interface CreateCompanyArgs {
  name: string;
  /** Default: a new one, unless a company has this name already. */
  id: string | null;
  actor: string;
}

export type CompanyWithBought = Company & { bought: Plain<Bought>[] };

export const createCompany: Operation<CreateCompanyArgs, Company & { changed: boolean } & Noted> = async (
  { db },
  { name, id, actor: given },
) => {
  const { actor, ...notes } = await operatorOf(db, given, 'adding companies');
  const known = (await findCompanies(db, id ?? name)).find(
    (it) => it.name.toLowerCase() === name.toLowerCase(),
  );
  if (known) return { ...known, changed: false, ...notes };
  const company = { id: id ?? randomUUID(), name };
  await create(db, company, actor);
  return { ...company, changed: true, ...notes };
};

export const companies: Operation<Record<string, never>, CompanyWithBought[]> = async ({ db }) => {
  const bought = await readBought(db);
  return (await listCompanies(db)).map((it) => ({ ...it, bought: plain(bought.get(it.id) ?? []) }));
};

export const showCompany: Operation<
  { company: string },
  CompanyWithBought & { units: string[]; members: Membership[] }
> = async ({ db }, { company: text }) => {
  const company = await oneCompany(db, text);
  const bought = (await readBought(db)).get(company.id) ?? [];
  const members = await readMemberships(db, { companyId: company.id });
  return { ...company, bought: plain(bought), units: await readUnits(db, company.id), members };
};
