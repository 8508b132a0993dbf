import pc from 'picocolors';
import { readLogs } from '../../policies/decision-log/read.ts';
import {
  MOST_SUBJECTS,
  NOT_EXAMINED,
  replay as replayLog,
  type Replay,
  type ReplayedChange,
} from '../../policies/workbench/impact/replay.ts';
import { policyAt, workingPolicy } from '../../policies/workbench/impact/sides.ts';
import { effectOf } from '../../policies/workbench/impact/verdict.ts';
import { columns } from '../columns.ts';
import { decisionLogs } from '../decision-logs.ts';
import { CliError, EXIT } from '../errors.ts';
import { count } from '../impact/text.ts';
import type { Outcome } from '../outcome.ts';
import { verifyKeysInUse } from '../policy-in-use.ts';

export interface ReplayOptions {
  log?: string[];
  policy?: string;
  detailedExitcode?: boolean;
}

/** Makes every logged decision again: the same policy must decide the same, another one shows what it changes. */
export async function replay({
  log: named,
  policy,
  detailedExitcode = false,
}: ReplayOptions): Promise<Outcome> {
  const log = await decisionLogs(named);
  const side = policy === undefined ? await workingPolicy() : await policyAt(policy, await verifyKeysInUse());
  const replayed = await replayLog(readLogs(log), side.policy);
  const skipped = skippedIn(replayed);
  if (replayed.examined + skipped === 0)
    throw new CliError(EXIT.precondition, `${log.join(', ')}: there is no decision in it`);
  return {
    text: replayText(side.name, replayed),
    data: { policy: side.name, ...replayed },
    examined: { decisions: replayed.examined, notExamined: skipped },
    exitCode: exitCodeOf(replayed, detailedExitcode),
  };
}

/** What could not be looked at outweighs what was found. */
function exitCodeOf(replayed: Replay, detailed: boolean): number {
  if (skippedIn(replayed) > 0) return EXIT.precondition;
  if (replayed.notReproduced > 0) return EXIT.findings;
  return detailed && replayed.changes.length > 0 ? EXIT.pending : EXIT.ok;
}

function skippedIn({ notExamined }: Replay): number {
  return NOT_EXAMINED.reduce((sum, why) => sum + notExamined[why], 0);
}

function replayText(name: string, replayed: Replay): string {
  const { revision, revisions, examined, same, changes, notReproduced, notExamined, first, last } = replayed;
  const by = Object.entries(revisions).map(
    ([key, decisions]) => `${key} (${decisions.toLocaleString('en')})`,
  );
  const share = Math.floor((1000 * same) / Math.max(examined, 1)) / 10;
  return [
    pc.dim(`policy  ${name}: revision ${revision}`),
    pc.dim(`log     from ${first || '?'} to ${last || '?'}, decided by revision ${by.join(', ') || '?'}`),
    `${share} % of ${count(examined, 'decision')} decided as before`,
    ...(changes.length > 0 ? ['', columns(changes.map(changeRow))] : []),
    ...(notReproduced > 0
      ? [
          '',
          pc.red(
            `${notReproduced} of revision ${revision} itself: the log or this policy is not what it says`,
          ),
        ]
      : []),
    ...NOT_EXAMINED.filter((why) => notExamined[why] > 0).map((why) =>
      pc.yellow(`not examined: ${count(notExamined[why], 'line')}, ${why}`),
    ),
  ].join('\n');
}

const MARK = { loses: pc.red('-'), gains: pc.green('+'), other_reason: pc.dim('~') };

function changeRow(change: ReplayedChange): string[] {
  const { route, from, to, decisions, subjects, ids } = change;
  const people = `${subjects === MOST_SUBJECTS ? 'at least ' : ''}${count(subjects, 'subject')}`;
  const verdicts = `${from} → ${to}`;
  return [MARK[effectOf(change)], route, verdicts, count(decisions, 'decision'), people, ids.join(' ')];
}
