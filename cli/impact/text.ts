import pc from 'picocolors';
import type { RouteChange } from '../../policies/workbench/impact/changes.ts';
import type { Impact } from '../../policies/workbench/impact/impact.ts';
import type { By, Row, Tally } from '../../policies/workbench/impact/summary.ts';
import { effectOf } from '../../policies/workbench/impact/verdict.ts';
import type { Use } from '../../policies/workbench/impact/use.ts';

/** For people: who is locked out, what is opened, and then what else differs. */
export interface Told {
  impact: Impact;
  changes: readonly RouteChange[];
  rows: readonly Row[];
  by: By;
  /** Rows of each part. */
  limit: number;
  /** Both sides in words. */
  before: string;
  after: string;
  log: string | null;
}

export function impactText(told: Told): string {
  const { impact, before, after, log } = told;
  const parts = [losses(told), gains(told), anyone(told), calls(told), reasons(told)].filter(
    (lines) => lines.length > 0,
  );
  const examined = examinedText(impact);
  const head = [
    `before  ${before}: revision ${impact.before.revision}, catalog version ${impact.before.catalogVersion}`,
    `after   ${after}: revision ${impact.after.revision}, catalog version ${impact.after.catalogVersion}`,
    `examined ${examined}`,
    ...(log === null ? [] : [log]),
  ].map((line) => pc.dim(line));
  if (parts.length === 0)
    return [...head, '', 'Nobody loses or gains anything, and no reason changes.'].join('\n');
  return [...head, ...parts.flatMap((lines) => ['', ...lines])].join('\n');
}

function examinedText({ examined }: Impact): string {
  const { users, companies, routes, cells, evaluations, calls } = examined;
  const many = (count: number): string => count.toLocaleString('en');
  return `${count(users, 'user')} in ${count(companies, 'company')} at ${count(routes, 'route')}: ${many(cells)} cells by ${many(evaluations)} evaluations, and ${count(calls, 'call')} between modules`;
}

function losses({ rows, by, limit }: Told): string[] {
  const lines = rows
    .filter(({ effects }) => effects.loses.users > 0)
    .map(({ name, effects: { loses, gains: others } }) =>
      line(pc.red('-'), sentence(by, name, loses, 'lose', `${others.users} gain`), loses),
    );
  return section(pc.bold(pc.red('LOCKED OUT')), lines, limit);
}

function gains({ rows, by, limit }: Told): string[] {
  const lines = rows
    .filter(({ effects }) => effects.gains.users > 0)
    .map(({ name, effects: { gains: tally, loses } }) =>
      line(pc.green('+'), sentence(by, name, tally, 'gain', `${loses.users} lose`), tally),
    );
  return section(pc.bold(pc.green('LET IN')), lines, limit);
}

/** `41 users in 3 companies lose finance.expense.export; 0 gain` */
function sentence(by: By, name: string, tally: Tally, verb: 'lose' | 'gain', others: string): string {
  const { users, companies, permissions } = tally;
  switch (by) {
    case 'user':
      return `${name} ${verb}s ${listed(permissions)}`;
    case 'company':
      return `${name}: ${count(users, 'user')} ${plural(verb, users)} ${listed(permissions)}; ${others}`;
    case 'permission':
    case 'module':
    case 'route':
      return `${count(users, 'user')} in ${count(companies, 'company')} ${plural(verb, users)} ${name}; ${others}`;
  }
}

function line(mark: string, text: string, { verdicts, used }: Tally): string {
  const use = used === null ? '' : `  ${useText(used)}`;
  return `${mark} ${text}${use}  ${pc.dim(`(${short(verdicts, 2)})`)}`;
}

export function useText({ requests, first, last }: Use): string {
  if (requests === 0) return pc.dim('not used');
  return pc.yellow(`used ${count(requests, 'time')} between ${day(first)} and ${day(last)}`);
}

function anyone({ impact, limit }: Told): string[] {
  const lines = impact.anyone
    .filter((change) => effectOf(change) !== 'other_reason')
    .map(({ route, from, to }) =>
      to === 'allow'
        ? `${pc.green('+')} whoever asks may now enter ${route} (${from} → allow)`
        : `${pc.red('-')} nobody is let into ${route} for being anybody any more (allow → ${to})`,
    );
  return section(pc.bold('ANYBODY, a member of the company or not'), lines, limit);
}

function calls({ impact, limit }: Told): string[] {
  const told = impact.calls.filter((call) => effectOf(call) !== 'other_reason');
  const lines = told.map(({ caller, route, method, sameCompany, from, to }) => {
    const mark = from === 'allow' ? pc.red('-') : pc.green('+');
    const whose = sameCompany ? '' : ' of another company';
    return `${mark} ${caller} calling ${method} ${route}${whose}: ${from} → ${to}`;
  });
  return section(pc.bold('MODULES THAT CALL MODULES'), lines, limit);
}

/** Refused before and after: worth knowing, and nothing to be afraid of. */
function reasons({ changes, impact, limit }: Told): string[] {
  const rows = new Map<string, { members: Set<number>; routes: number; modules: Set<string> }>();
  for (const { effect, from, to, members, module } of changes) {
    if (effect !== 'other_reason' || members.length === 0) continue;
    const key = `${from} → ${to}`;
    const row = rows.get(key) ?? { members: new Set<number>(), routes: 0, modules: new Set<string>() };
    for (const member of members) row.members.add(member);
    row.routes += 1;
    if (module !== null) row.modules.add(module);
    rows.set(key, row);
  }
  const lines = [...rows.entries()].map(([key, { members, routes, modules }]) =>
    pc.dim(
      `~ ${count(members.size, 'member')} at ${count(routes, 'route')} of ${listed([...modules].sort())}: ${key}`,
    ),
  );
  const called = impact.calls.filter((call) => effectOf(call) === 'other_reason').length;
  if (called > 0) lines.push(pc.dim(`~ ${count(called, 'call')} between modules`));
  return section(pc.dim('Refused as before, for another reason'), lines, limit);
}

function section(title: string, lines: readonly string[], limit: number): string[] {
  if (lines.length === 0) return [];
  const more = lines.length - limit;
  const rest = more > 0 ? [pc.dim(`  … and ${more} more (--limit, or --json for all)`)] : [];
  return [title, ...lines.slice(0, limit), ...rest];
}

const listed = (keys: readonly string[]): string => short(keys, 3);

function short(texts: readonly string[], most: number): string {
  const more = texts.length - most;
  return more > 0 ? `${texts.slice(0, most).join(', ')} and ${more} more` : texts.join(', ');
}

export function count(number: number, word: string): string {
  const plurals: Record<string, string> = { company: 'companies' };
  return `${number.toLocaleString('en')} ${number === 1 ? word : (plurals[word] ?? `${word}s`)}`;
}

const plural = (verb: string, subjects: number): string => (subjects === 1 ? `${verb}s` : verb);

const day = (moment: string): string => moment.slice(0, 10);
