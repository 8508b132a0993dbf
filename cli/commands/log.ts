import { readFileSync } from 'node:fs';
import type { LogFinding } from '../../policies/decision-log/finding.ts';
import { readLogKeys, type LogKeys } from '../../policies/decision-log/keys.ts';
import { verifyLogs, type ChainReport, type LogReport } from '../../policies/decision-log/verify.ts';
import { decisionLogs, refuseMissing } from '../decision-logs.ts';
import { CliError, EXIT } from '../errors.ts';
import { findDecision } from '../explain/logged.ts';
import type { Outcome } from '../outcome.ts';

export interface VerifyOptions {
  key?: string;
  checkpoints?: string[];
}

/** Whether decision logs are what was written, where not, and up to when that is proven. */
export async function verify(named: string[], { key, checkpoints = [] }: VerifyOptions): Promise<Outcome> {
  const files = await decisionLogs(named);
  for (const file of checkpoints) refuseMissing(file);
  const keys = key === undefined ? undefined : keysIn(key);
  const report = await verifyLogs(files, { ...(keys && { keys }), checkpoints });
  const { examined, findings } = report;
  if (examined.batches === 0 && findings.length === 0)
    throw new CliError(EXIT.precondition, 'there is no sealed batch in these files: nothing was examined');
  if (checkpoints.length > 0 && examined.checkpointsOutside === 0)
    throw new CliError(
      EXIT.precondition,
      `no checkpoint is in ${checkpoints.join(', ')}: nothing was held outside`,
    );
  const notes = [...report.notes, ...limits(report, keys, checkpoints)];
  return {
    text: [...report.chains.map(chainText), ...notes.map((it) => `note: ${it}`), verdict(report)].join('\n'),
    data: { ...report, notes },
    examined,
    exitCode: findings.length > 0 ? EXIT.findings : EXIT.ok,
  };
}

/** One decision, as it was logged. */
export async function show(decision: string, { log }: { log?: string[] }): Promise<Outcome> {
  const { event } = await findDecision(decision, await decisionLogs(log));
  return { text: JSON.stringify(event, null, 2), data: event };
}

function chainText(chain: ChainReport): string {
  const { from, to, events, dropped, closed, signed, proven } = chain;
  const drops = Object.entries(dropped).map(([cause, count]) => `${count} ${cause}`);
  const parts = [
    `chain ${chain.chain}: batches ${from}–${to}, ${events} decisions`,
    drops.length > 0 ? `dropped by then: ${drops.join(', ')}` : 'none dropped',
    closed ? 'closed in order' : 'not closed: its process still runs, or was killed',
    proven
      ? `proven to batch ${proven.seq} of ${to}, ${proven.time}`
      : signed
        ? 'signed, not checked'
        : 'not signed',
  ];
  return parts.join('; ');
}

/** What even a log without findings does not prove. */
function limits({ chains }: LogReport, keys: LogKeys | undefined, checkpoints: string[]): string[] {
  const known: string[] = [];
  if (!keys)
    known.push('without --key this finds accidents only: whoever can write the files can seal them anew');
  else if (checkpoints.length === 0)
    known.push(
      'without --checkpoints a log that was cut behind a checkpoint looks like one that ended there',
    );
  const open = chains.filter(({ proven, to }) => keys && proven?.seq !== to);
  for (const { chain, proven, to } of open)
    known.push(`chain ${chain}: batches ${(proven?.seq ?? -1) + 1}–${to} are chained, and not yet signed`);
  return known;
}

function verdict({ findings, examined }: LogReport): string {
  const { files, lines, batches, events } = examined;
  const looked = `${files} files, ${lines} lines, ${batches} batches, ${events} decisions`;
  if (findings.length === 0) return `untouched: ${looked}`;
  return [...findings.map(findingText), `${findings.length} findings in ${looked}`].join('\n');
}

function findingText({ kind, file, line, to, chain, seq, message }: LogFinding): string {
  const lines = to === undefined || to === line ? String(line) : `${line}-${to}`;
  const batch = seq === undefined ? '' : ` (batch ${seq} of chain ${chain})`;
  return `${file}:${lines}: ${kind}: ${message}${batch}`;
}

function keysIn(file: string): LogKeys {
  refuseMissing(file);
  try {
    return readLogKeys(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CliError(EXIT.usage, `${file}: ${(error as Error).message}`, error);
  }
}
