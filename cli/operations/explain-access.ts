import { RouteTable } from '../../gateway/catalog/routes.ts';
import type { CallerFacts } from '../../policies/contract.ts';
import { createEngine } from '../../policies/engine/engine.ts';
import { readAccess } from '../../platform/auth/access.ts';
import type { FoundUser } from '../../platform/auth/users.ts';
import { readBoughtThen } from '../../platform/core/bought-then.ts';
import { readCatalog, type CatalogRoute } from '../../platform/core/catalog.ts';
import { readBought, type Bought, type Company } from '../../platform/core/companies.ts';
import { readHistory, type HistoryEntry } from '../../platform/history.ts';
import { CliError, EXIT } from '../errors.ts';
import { judge, type Judgement } from '../explain/judgement.ts';
import { policyInUse } from '../policy-in-use.ts';
import { oneCompany, oneUser } from './names.ts';
import { plain, type Plain } from './plain.ts';
import type { Operation } from './platform.ts';

export interface ExplainArgs {
  user: string;
  company: string;
  /** As a client asks for it, or the id a decision was logged with. */
  route: { method: string; path: string } | { id: string };
  /** A module that calls for the user; `null`: the user. */
  caller: CallerFacts | null;
  /** RFC 3339: what was bought then is told as well, and what changed since. `null`: only now. */
  since: string | null;
}

export interface ExplainedAccess {
  user: FoundUser;
  company: Company;
  /** `null`: the catalog has no such route now. */
  route: Pick<CatalogRoute, 'id' | 'method' | 'path'> | null;
  now: Judgement;
  bought: { now: Plain<Bought>[]; then: Plain<Bought>[] };
  /** What changed for this user or company since then, oldest first. */
  changes: Plain<HistoryEntry>[];
}

const MOST_CHANGES = 1000;

/** How one request would be judged at this moment, with what each layer stands on. */
export const explainAccess: Operation<ExplainArgs, ExplainedAccess> = async ({ db }, args) => {
  const user = await oneUser(db, args.user);
  const company = await oneCompany(db, args.company);
  const { data, routes } = await readCatalog(db);
  const route = findRoute(routes, args.route);
  const { facts } = await readAccess(db, user.id, company.id);
  const engine = await createEngine(await policyInUse(), data, { warmUp: 0 });
  const input = { route: route?.id ?? null, authenticated: true, caller: args.caller, access: facts };
  const now = (await readBought(db)).get(company.id) ?? [];
  const since = args.since === null ? null : new Date(args.since);
  return {
    user,
    company,
    route: route ? { id: route.id, method: route.method, path: route.path } : null,
    now: judge(engine, input),
    bought: plain({ now, then: since ? await readBoughtThen(db, company.id, since) : [] }),
    changes: since ? plain(await changesSince(db, since, user.id, company.id)) : [],
  };
};

function findRoute(routes: CatalogRoute[], wanted: ExplainArgs['route']): CatalogRoute | undefined {
  if ('id' in wanted) return routes.find(({ id }) => id === wanted.id);
  const [path = ''] = wanted.path.split('?');
  if (!path.startsWith('/'))
    throw new CliError(EXIT.usage, `--path begins with /, as in /api/finance/expenses`);
  const found = new RouteTable(routes).find(wanted.method.toUpperCase(), path);
  return routes.find(({ id }) => id === found?.route.id);
}

/** Changes of the company's entitlements, and of this user in it. */
async function changesSince(
  db: Parameters<typeof readHistory>[0],
  since: Date,
  userId: string,
  companyId: string,
) {
  const all = await readHistory(db, { companyId, limit: MOST_CHANGES });
  return all
    .filter(({ at, before, after }) => at > since && [undefined, userId].includes(ofUser(after ?? before)))
    .reverse();
}

const ofUser = (row: Record<string, unknown> | null) => row?.['user_id'] as string | undefined;
