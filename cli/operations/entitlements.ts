import {
  entitle as change,
  unentitle as end,
  type EntitlementChange,
} from '../../platform/core/entitlements.ts';
import { readMemberships } from '../../platform/auth/members.ts';
import { readCatalog } from '../../platform/core/catalog.ts';
import type { Company } from '../../platform/core/companies.ts';
import { CliError, EXIT } from '../errors.ts';
import { changeOf } from './delegation/change.ts';
import { make, type Made } from './delegation/make.ts';
import { emptyCatalog, noMember } from './missing.ts';
import { nearestOrAll, oneCompany, oneUser } from './names.ts';
import { plain, type Plain } from './plain.ts';
import type { Operation, Platform } from './platform.ts';

const TRIAL_DAYS = 30;

export interface UnentitleArgs {
  /** Name or id. */
  company: string;
  /** Key of a package or of an add-on. */
  item: string;
  actor: string;
  /** Name, e-mail or id of a member whose next request is to see it; null: of whoever makes it. */
  reader?: string | null;
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
} & Made;

export const entitle: Operation<EntitleArgs, EntitlementResult> = (platform, args) => {
  const until = args.until === null ? null : new Date(args.until);
  const wanted: Parameters<typeof change>[2] = (running) => {
    if (!args.trial) return { status: 'active', endsAt: until };
    const asItIs = running?.status === 'trial' ? running.endsAt : trialEnd();
    return { status: 'trial', endsAt: until ?? asItIs };
  };
  return buying(platform, 'entitle', args, (trx, item, actor) => change(trx, item, wanted, actor));
};

export const unentitle: Operation<UnentitleArgs, EntitlementResult> = (platform, args) =>
  buying(platform, 'unentitle', args, end);

async function buying(
  platform: Platform,
  type: 'entitle' | 'unentitle',
  args: UnentitleArgs,
  work: typeof end,
): Promise<EntitlementResult> {
  const { db } = platform;
  const { company, kind, key } = await itemOf(db, args);
  const companyId = company.id;
  const what = kind === 'package' ? { packages: [key] } : { addons: [key] };
  const readerId = args.reader ? await memberOf(db, args.reader, company) : undefined;
  const making = {
    actor: args.actor,
    companyId,
    targetId: null,
    changeOf: () => changeOf(type, what),
    readerId,
  };
  return make(platform, making, async (trx, actor) => {
    const done = await work(trx, { companyId, kind, key }, actor);
    return { company, kind, key, ...plain(done) };
  });
}

/** Throws CliError 3 for somebody who is no member. */
async function memberOf(db: Platform['db'], text: string, company: Company): Promise<string> {
  const { id, name } = await oneUser(db, text);
  const known = await readMemberships(db, { userId: id, companyId: company.id });
  if (known.length === 0) throw noMember(name, company.name);
  return id;
}

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

function trialEnd(): Date {
  return new Date(Date.now() + TRIAL_DAYS * 86_400_000);
}
