import { readFile } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { readLogs } from '../../policies/decision-log/read.ts';
import { projectFile } from '../../policies/root.ts';
import { acceptedDiff } from '../../policies/workbench/impact/accepted.ts';
import { changesIn, type RouteChange } from '../../policies/workbench/impact/changes.ts';
import { diffImpact } from '../../policies/workbench/impact/diff.ts';
import type { Impact } from '../../policies/workbench/impact/impact.ts';
import { policyAt, workingPolicy } from '../../policies/workbench/impact/sides.ts';
import { parseSnapshot, type AccessSnapshot } from '../../policies/workbench/impact/snapshot.ts';
import { BY, rowsBy, type By } from '../../policies/workbench/impact/summary.ts';
import { readUse, type LoggedUse } from '../../policies/workbench/impact/use.ts';
import { actor } from '../actor.ts';
import { decisionLogs } from '../decision-logs.ts';
import { CliError, EXIT } from '../errors.ts';
import { keyAmong, oneCalled } from '../impact/names.ts';
import { impactText, useText } from '../impact/text.ts';
import { withChanges } from '../impact/with.ts';
import type { Outcome } from '../outcome.ts';
import { verifyKeysInUse } from '../policy-in-use.ts';
import { currentSnapshot } from './policy-snapshot.ts';

export interface DiffOptions {
  policy?: string;
  data?: string;
  then?: string;
  with?: string[];
  log?: string[];
  by?: string;
  company?: string;
  user?: string;
  permission?: string;
  limit?: string;
  detailedExitcode?: boolean;
  accept?: boolean;
  as?: string;
}

/** Whom a change of policy, price list or grants concerns: everybody in a snapshot, asked before and after. */
export async function diff(against: string | undefined, options: DiffOptions): Promise<Outcome> {
  refuseClashes(options);
  const by = byOption(options.by);
  const limit = limitOption(options.limit);
  const logs = options.log && (await decisionLogs(options.log));
  const before = await policyAt(against ?? 'HEAD', await verifyKeysInUse());
  const after =
    options.policy === undefined
      ? await workingPolicy()
      : await policyAt(options.policy, await verifyKeysInUse());
  const data = options.data === undefined ? await currentSnapshot() : await snapshotIn(options.data);
  const next = options.then === undefined ? data : await snapshotIn(options.then);
  const then = withChanges(next, options.with ?? []);
  const impact = await diffImpact(
    { policy: before.policy, snapshot: data },
    { policy: after.policy, snapshot: then },
    { onProgress: progress() },
  );
  const { members } = impact;
  const catalogs = [data.catalog, then.catalog];
  const everything = changesIn(impact, ...catalogs);
  const changes = narrowed(everything, impact, data, then, options);
  const use = logs ? await readUse(readLogs(logs), changes, members) : null;
  const rows = rowsBy(by, changes, members, use && ((member, route) => use.of(member, route)));
  const changed = everything.length + impact.calls.length > 0;
  const told = { impact, changes, rows, by, limit, before: before.name, after: after.name };
  const accepted = options.accept ? await accept(impact, everything, actor(options)) : [];
  return {
    text: [impactText({ ...told, log: use && logText(use) }), ...accepted].join('\n'),
    data: {
      before: { name: before.name, ...impact.before },
      after: { name: after.name, ...impact.after },
      examined: impact.examined,
      rows,
      changes,
      members,
      calls: impact.calls,
      ...(use ? { log: { ...use.log, anonymous: use.anonymous } } : {}),
    },
    examined: { ...impact.examined },
    exitCode: options.detailedExitcode && changed ? EXIT.pending : EXIT.ok,
  };
}

function refuseClashes({ accept, then, with: changes, company, user, permission }: DiffOptions): void {
  if (accept && (then ?? changes) !== undefined)
    throw usage('--accept is of a policy as things are: leave out --with and --then');
  if (accept && (company ?? user ?? permission) !== undefined)
    throw usage('--accept is of the whole change: leave out --company, --user and --permission');
}

function byOption(text = 'permission'): By {
  const by = BY.find((one) => one === text);
  if (by === undefined) throw usage(`--by ${text} is none of ${BY.join(', ')}`);
  return by;
}

function limitOption(text = '20'): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1) throw usage(`--limit ${text} is no number from 1 on`);
  return limit;
}

async function snapshotIn(file: string): Promise<AccessSnapshot> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CliError(
      EXIT.precondition,
      `${file} cannot be read: make it with "kisum-cli policy snapshot --out ${file}"`,
      cause,
    );
  });
  const snapshot = parseSnapshot(text, file);
  if (snapshot.companies.some(({ members }) => members.length > 0)) return snapshot;
  throw new CliError(EXIT.precondition, `${file} holds nobody whom a policy could concern`);
}

/** What is asked for of it. Every name must be one. */
function narrowed(
  changes: RouteChange[],
  { members }: Impact,
  data: AccessSnapshot,
  then: AccessSnapshot,
  { company, user, permission }: DiffOptions,
): RouteChange[] {
  if ((company ?? user ?? permission) === undefined) return changes;
  const companies = [...new Map(members.map((it) => [it.company.id, it.company])).values()];
  const users = [...new Map(members.map((it) => [it.user.id, it.user])).values()];
  const companyId = company && oneCalled(companies, company, 'companies in the snapshot').id;
  const userId = user && oneCalled(users, user, 'users in the snapshot').id;
  if (permission !== undefined)
    keyAmong({ ...data.catalog.permissions, ...then.catalog.permissions }, permission, 'permission');
  const concerns = (index: number): boolean =>
    (companyId === undefined || members[index]!.company.id === companyId) &&
    (userId === undefined || members[index]!.user.id === userId);
  return changes
    .filter((change) => permission === undefined || change.permission === permission)
    .map((change) => ({ ...change, members: change.members.filter(concerns) }))
    .filter(({ members: left }) => left.length > 0);
}

function logText({ log, anonymous }: LoggedUse): string {
  const masked = anonymous === 0 ? '' : `, ${anonymous} of them of nobody known`;
  return `the log holds ${log.requests.toLocaleString('en')} requests of people${masked}: ${useText(log)}`;
}

async function accept(impact: Impact, changes: RouteChange[], by: string): Promise<string[]> {
  const accepted = acceptedDiff(impact, changes, by, new Date());
  await writeFileAtomic(projectFile('policies', 'accepted.json'), `${JSON.stringify(accepted, null, 2)}\n`);
  const { from, to, changes: all } = accepted;
  return [
    '',
    `${by} accepted ${all.length} changes from revision ${from} to ${to}: policies/accepted.json`,
    'next: "kisum-cli policy build" packs it into the bundle, and POLICY_SHADOW tells where a gateway sees anything else',
  ];
}

/** One line on a terminal, written over itself. */
function progress(): (done: number, of: number) => void {
  if (!process.stderr.isTTY) return () => {};
  return (done, of) => {
    const end = done < of ? '' : '\r\u001b[K';
    process.stderr.write(
      `\r${Math.floor((100 * done) / of)} % of ${of.toLocaleString('en')} evaluations${end}`,
    );
  };
}

const usage = (message: string): CliError => new CliError(EXIT.usage, message);
