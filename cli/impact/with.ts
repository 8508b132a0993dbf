import { declaredModules } from '../catalog/declared.ts';
import type { PeriodFacts } from '../../policies/contract.ts';
import type { AccessSnapshot } from '../../policies/workbench/impact/snapshot.ts';
import { CliError, EXIT } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { catalogWith } from './catalog-with.ts';
import { companyCalled, keyAmong, memberCalled } from './names.ts';

const GRAMMAR = `a change is one of
  ±package_modules:<package>:<module>
  ±addon_modules:<add-on>:<module>
  ±addon_bases:<add-on>:<base module>
  ±grant:<user>:<company>:<module, permission or module.*>
  ±subscription:<company>:<package>
  ±addon:<company>:<add-on>
  +module:<key>   as its folder declares it`;

interface Applied {
  snapshot: AccessSnapshot;
  adds: boolean;
  args: string[];
}

/** How each kind of change alters a snapshot that is its own to alter, and how many words it takes. */
const KINDS: Record<string, { words: number; apply: (change: Applied) => void }> = {
  package_modules: { words: 2, apply: (change) => sell(change, 'packages', 'modules') },
  addon_modules: { words: 2, apply: (change) => sell(change, 'addons', 'modules') },
  addon_bases: { words: 2, apply: (change) => sell(change, 'addons', 'bases') },
  grant: { words: 3, apply: grant },
  subscription: { words: 2, apply: (change) => buy(change, 'subscriptions') },
  addon: { words: 2, apply: (change) => buy(change, 'addons') },
  module: { words: 1, apply: declare },
};

/** A snapshot after changes that nobody made: `+grant:ana:acme:finance`. Throws CliError 2 naming the nearest word. */
export function withChanges(snapshot: AccessSnapshot, changes: readonly string[]): AccessSnapshot {
  if (changes.length === 0) return snapshot;
  const changed = structuredClone(snapshot);
  for (const text of changes) applyChange(changed, text);
  return changed;
}

function applyChange(snapshot: AccessSnapshot, text: string): void {
  const [sign, kind = '', ...args] = [text[0], ...text.slice(1).split(':')];
  const known = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (sign !== '+' && sign !== '-') throw usage(`"${text}" begins with neither + nor -: ${GRAMMAR}`);
  if (!known) throw usage(`"${kind}" can not be changed${didYouMean(kind, Object.keys(KINDS))}: ${GRAMMAR}`);
  if (args.length !== known.words || args.includes(''))
    throw usage(`"${text}" does not say what it changes: ${GRAMMAR}`);
  known.apply({ snapshot, adds: sign === '+', args });
}

/** A row of the price list: what a package or an add-on sells, or which bases an add-on is sold with. */
function sell(
  { snapshot: { catalog }, adds, args }: Applied,
  table: 'packages' | 'addons',
  column: 'modules' | 'bases',
): void {
  const item = keyAmong(catalog[table], args[0]!, table === 'packages' ? 'package' : 'add-on');
  const module = keyAmong(catalog.modules, args[1]!, 'module');
  const row: { modules: Record<string, true>; bases?: Record<string, true> } = catalog[table][item]!;
  const keys = { ...row[column] };
  if (adds === Object.hasOwn(keys, module))
    throw usage(`${item} ${adds ? 'has' : 'does not have'} ${module} among its ${column} already`);
  if (adds) keys[module] = true;
  else delete keys[module];
  row[column] = keys;
  // Without any, an add-on is sold with every base, and so says the catalog.
  if (column === 'bases' && Object.keys(keys).length === 0) delete row.bases;
}

function grant({ snapshot: { catalog, companies }, adds, args }: Applied): void {
  const [user, company, key] = args as [string, string, string];
  const member = memberCalled(companyCalled(companies, company), user);
  const module = key.replace(/\.\*$/, '');
  const whole = key !== module;
  const modules = Object.hasOwn(catalog.modules, module) ? [module] : [];
  const permissions = Object.keys(catalog.permissions).filter((it) =>
    whole ? catalog.permissions[it]!.module === module : it === key,
  );
  if (modules.length + permissions.length === 0)
    keyAmong({ ...catalog.modules, ...catalog.permissions }, key, 'module or permission');
  member.modules = changedList(member.modules, modules, adds);
  member.permissions = changedList(member.permissions, permissions, adds);
}

function changedList(list: readonly string[], keys: readonly string[], adds: boolean): string[] {
  const others = list.filter((it) => !keys.includes(it));
  return adds ? [...others, ...keys].sort() : others;
}

/** Bought from now on, or over from now on, as `entitle` and `unentitle` do it. */
function buy({ snapshot, adds, args }: Applied, what: 'subscriptions' | 'addons'): void {
  const company = companyCalled(snapshot.companies, args[0]!);
  const key =
    what === 'addons'
      ? { addon: keyAmong(snapshot.catalog.addons, args[1]!, 'add-on') }
      : { package: keyAmong(snapshot.catalog.packages, args[1]!, 'package') };
  const rows: PeriodFacts[] = company[what];
  const mine = rows.filter((row) => Object.entries(key).every(([name, value]) => has(row, name, value)));
  const running = mine.find(({ started, ended }) => started && !ended);
  if (adds && running) running.status = 'active';
  else if (adds) rows.push({ ...key, status: 'active', started: true, ended: false });
  else if (mine.every(({ ended }) => ended))
    throw usage(`${company.name ?? company.id} has no ${args[1]} that could end`);
  else end(rows, mine);
}

function has(row: object, name: string, value: string): boolean {
  return (row as Record<string, unknown>)[name] === value;
}

/** What has not begun never will. */
function end(rows: PeriodFacts[], mine: readonly PeriodFacts[]): void {
  for (const row of mine.filter(({ ended }) => !ended)) {
    if (row.started) Object.assign(row, { status: 'cancelled', ended: true });
    else rows.splice(rows.indexOf(row), 1);
  }
}

function declare({ snapshot, adds, args }: Applied): void {
  if (!adds)
    throw usage('a module never leaves the catalog: take it out of what is sold, with -addon_modules');
  const declared = new Map(declaredModules().map(({ manifest }) => [manifest.key, manifest]));
  const key = keyAmong(Object.fromEntries(declared), args[0]!, 'module with a folder');
  snapshot.catalog = catalogWith(snapshot.catalog, declared.get(key)!);
  // As in the database, where a grant goes with its permission.
  const granted = (permission: string): boolean => Object.hasOwn(snapshot.catalog.permissions, permission);
  for (const { members } of snapshot.companies)
    for (const member of members) member.permissions = member.permissions.filter(granted);
}

const usage = (message: string): CliError => new CliError(EXIT.usage, message);
