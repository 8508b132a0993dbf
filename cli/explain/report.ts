import type { DecisionEvent } from '../../policies/contract.ts';
import { columns } from '../columns.ts';
import { historyRow } from '../commands/history.ts';
import type { ExplainedAccess } from '../operations/explain-access.ts';
import { because } from './because.ts';
import type { Judgement } from './judgement.ts';
import { momentOf } from './moments.ts';
import { layerLines, remedyLines } from './text.ts';

/** How it is judged now: the outcome and why, every layer, and what would change it. */
export function nowText({ now, bought }: ExplainedAccess): string {
  const outcome = now.allow ? 'Allowed' : `Denied (${now.reasons.join(', ')})`;
  return [
    `${outcome} now, by policy ${now.revision}: ${because(now, bought.now, new Date())}.`,
    layerLines(now, bought.now),
    ...(now.remedies.length === 0 ? [] : ['', 'Allowed after', ...remedyLines(now.remedies)]),
  ].join('\n');
}

/**
 * A logged decision: as it was, as it would be now, and what changed in between.
 * @param then its facts judged again; `null` where the log lacks the catalog
 * @param report `null` where nobody knows who asked
 */
export function decisionText(
  event: DecisionEvent,
  then: Judgement | null,
  report: ExplainedAccess | null,
): string {
  const { route, caller } = event.input;
  const who = report
    ? `${report.user.name} in ${report.company.name}`
    : 'Somebody who is not logged, or not known here any more';
  return [
    `${who}: ${route ?? 'no route'}${caller ? `, read by module ${caller.module}` : ''}`,
    '',
    thenText(event, then, report),
    ...(report ? ['', nowText(report)] : []),
    ...(report?.changes.length ? ['', 'Changed since', columns(report.changes.map(historyRow))] : []),
  ].join('\n');
}

function thenText(event: DecisionEvent, then: Judgement | null, report: ExplainedAccess | null): string {
  const { result, bundles, timestamp } = event;
  const at = new Date(timestamp);
  const outcome = result.allow ? 'Allowed' : `Denied (${result.reason})`;
  const logged = `${outcome} on ${momentOf(at)}, by policy ${bundles.kisum.revision}`;
  if (then === null) return `${logged}.\nThe log does not hold the catalog it was decided on.`;
  if (!agrees(then, event)) return `${logged}.\n${differs(then)}`;
  const bought = report?.bought.then ?? [];
  return `${logged}: ${because(then, bought, at)}.\n${layerLines(then, bought)}`;
}

function differs({ allow, reasons, revision }: Judgement): string {
  const answer = allow ? 'allows' : `denies (${reasons[0]})`;
  return `Policy ${revision} ${answer} on the same facts; --policy <bundle> takes the one of that time.`;
}

const agrees = (then: Judgement, { result }: DecisionEvent): boolean =>
  then.allow === result.allow && (then.reasons[0] ?? null) === result.reason;
