import {
  entitle as change,
  unentitle as end,
  type EntitlementChange,
} from '../../platform/core/entitlements.ts';
import { readCatalog } from '../../platform/core/catalog.ts';
import type { Company } from '../../platform/core/companies.ts';
import { CliError, EXIT } from '../errors.ts';
import { nearestOrAll, oneCompany } from './names.ts';
import { plain, type Plain } from './plain.ts';
import type { Operation, Platform } from './platform.ts';

const TRIAL_DAYS = 30;

export interface UnentitleArgs {
  /** Name or id. */
  company: string;
  /** Key of a package or of an add-on. */
  item: string;
  actor: string;
}

export interface EntitleArgs extends UnentitleArgs {
  /** ISO moment; null: open, for a trial as it is or in 30 days. */
  until: string | null;
  trial: boolean;
}

export type EntitlementResult = Plain<EntitlementChange> & {
  company: Company;
  kind: 'package' | 'addon';
  key: string;
};

export const entitle: Operation<EntitleArgs, EntitlementResult> = async ({ db }, args) => {
  const { company, kind, key } = await itemOf(db, args);
  const until = args.until === null ? null : new Date(args.until);
  const wanted: Parameters<typeof change>[2] = (running) => {
    if (!args.trial) return { status: 'active', endsAt: until };
    const asItIs = running?.status === 'trial' ? running.endsAt : trialEnd();
    return { status: 'trial', endsAt: until ?? asItIs };
  };
  const done = await change(db, { companyId: company.id, kind, key }, wanted, args.actor);
  return { company, kind, key, ...plain(done) };
};

export const unentitle: Operation<UnentitleArgs, EntitlementResult> = async ({ db }, args) => {
  const { company, kind, key } = await itemOf(db, args);
  const done = await end(db, { companyId: company.id, kind, key }, args.actor);
  return { company, kind, key, ...plain(done) };
};

/** A package or an add-on by its key. Packages come first should both have it. */
async function itemOf(db: Platform['db'], { company: text, item }: UnentitleArgs) {
  const company = await oneCompany(db, text);
  const { packages, addons } = (await readCatalog(db)).data;
  if (Object.hasOwn(packages, item)) return { company, kind: 'package' as const, key: item };
  if (Object.hasOwn(addons, item)) return { company, kind: 'addon' as const, key: item };
  const keys = [...Object.keys(packages), ...Object.keys(addons)];
  if (keys.length === 0) throw emptyCatalog();
  throw new CliError(
    EXIT.usage,
    `no package or add-on is called "${item}"; ${nearestOrAll(item, keys, 'kisum-cli catalog export')}`,
  );
}

export function emptyCatalog(): CliError {
  return new CliError(EXIT.precondition, 'the catalog is empty: fill it with "kisum-cli catalog apply"');
}

function trialEnd(): Date {
  return new Date(Date.now() + TRIAL_DAYS * 86_400_000);
}
