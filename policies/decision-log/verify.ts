/** Whether a decision log is what was written, and up to when that is proven. */
import type { Dropped } from './account.ts';
import { CHECKPOINT_BATCHES, readCheckpoints, type HeldCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './entry.ts';
import type { LogFinding } from './finding.ts';
import { holdAgainst } from './held.ts';
import type { LogKeys } from './keys.ts';
import { at, link } from './links.ts';
import { readSegments, type Segment, type Unsealed } from './segment.ts';

export interface VerifyOptions {
  /** To check signatures with; without any, nothing is proven against somebody who can write the file. */
  keys?: LogKeys;
  /** Files with checkpoints that were held outside of the log. */
  checkpoints?: string[];
}

export interface ChainReport {
  chain: string;
  /** The process. */
  labels: Record<string, string>;
  files: string[];
  /** Batches. */
  from: number;
  to: number;
  events: number;
  dropped: Partial<Dropped>;
  /** The process ended in order, and said so. */
  closed: boolean;
  signed: boolean;
  /** Last batch that a checked signature covers, and up to which nothing was found. */
  proven: { seq: number; time: string } | null;
  /** Lines behind the last seal: of a crash, or of a process that still runs. */
  unsealed: (Unsealed & { file: string }) | null;
}

export interface LogReport {
  findings: LogFinding[];
  notes: string[];
  chains: ChainReport[];
  examined: {
    files: number;
    lines: number;
    batches: number;
    events: number;
    checkpoints: number;
    checkpointsOutside: number;
  };
}

/** Every file of one or several logs, in any order. Rejects when one cannot be read. */
export async function verifyLogs(files: string[], options: VerifyOptions = {}): Promise<LogReport> {
  const { keys, checkpoints = [] } = options;
  const reads = [];
  for (const file of files) reads.push(await readSegments(file, keys));
  const held: HeldCheckpoint[] = [];
  for (const file of checkpoints) held.push(...(await readCheckpoints(file, keys)));

  const segments = reads.flatMap((read) => read.segments);
  const { chains, ...linked } = link(segments);
  const against = holdAgainst(held, chains);
  const parts = [...chains.values()];
  const notes = [...linked.notes, ...against.notes];
  for (const { file, unsealed } of reads) if (unsealed.lines > 0) notes.push(tailNote(file, unsealed));
  const findings = [
    ...reads.flatMap((read) => read.findings),
    ...linked.findings,
    ...parts.flatMap(endFindings),
    ...(keys ? parts.flatMap((chain) => signatureFindings(chain, keys)) : []),
    ...against.findings,
  ];
  const confirmed = keys ? against.confirmed : [];
  return {
    findings,
    notes,
    chains: parts.map((chain) => reportOf(chain, confirmed, findings)),
    examined: {
      files: reads.length,
      lines: reads.reduce((sum, { lines }) => sum + lines, 0),
      batches: segments.reduce((sum, { hashes }) => sum + hashes.size, 0),
      events: segments.reduce((sum, { events }) => sum + events, 0),
      checkpoints: segments.reduce((sum, it) => sum + it.checkpoints.length, 0),
      checkpointsOutside: held.length,
    },
  };
}

/** Lines without a seal are those of a crash only where their chain went no further, and nothing where it was closed. */
function endFindings(parts: Segment[]): LogFinding[] {
  return parts.flatMap((part, index) => {
    const { unsealed, last, file } = part;
    const wentOn = index < parts.length - 1;
    if (unsealed.lines === 0 || (!wentOn && !last.end)) return [];
    const why = last.end ? 'its process had closed it' : 'its chain went on';
    const message = `${unsealed.lines} lines behind the last seal, though ${why}`;
    return [{ kind: 'inserted', file, line: unsealed.line, chain: last.chain, message }];
  });
}

/** A signed chain is signed throughout: from its first batch on, at least every so often, and at its end. */
function signatureFindings(parts: Segment[], keys: LogKeys): LogFinding[] {
  const findings: LogFinding[] = [];
  let signed = parts[0]!.open.from - 1;
  for (const part of parts) {
    const { key } = part.open;
    if (key === null) findings.push(at(part, 'unsigned', 'nobody signed this chain'));
    else if (!keys.has(key))
      findings.push(at(part, 'unsigned', `the key that signed it was not given: ${key}`));
    else findings.push(...gapsIn(part, signed));
    signed = part.checkpoints.at(-1)?.seq ?? signed;
  }
  const { last, ...end } = parts.at(-1)!;
  if (last.end && signed !== last.seq && keys.has(end.open.key ?? ''))
    findings.push(at(parts.at(-1)!, 'missing', 'the checkpoint behind its last batch is not there'));
  return findings;
}

function gapsIn(part: Segment, signedBefore: number): LogFinding[] {
  const { checkpoints, last } = part;
  let signed = signedBefore;
  for (const seq of [...checkpoints.map((it) => it.seq), last.seq]) {
    if (seq - signed > CHECKPOINT_BATCHES)
      return [at(part, 'unsigned', `batches ${signed + 1}–${seq} have no checkpoint, and should`)];
    signed = seq;
  }
  return [];
}

function reportOf(parts: Segment[], confirmed: Checkpoint[], findings: LogFinding[]): ChainReport {
  const first = parts[0]!;
  const { last, file, unsealed } = parts.at(-1)!;
  const { chain, labels, key } = first.open;
  const sound = firstAffected(parts, findings);
  const own = confirmed
    .filter((it) => it.chain === chain && it.seq < sound)
    .toSorted((a, b) => b.seq - a.seq);
  return {
    chain,
    labels,
    files: parts.map((part) => part.file),
    from: first.open.from,
    to: last.seq,
    events: parts.reduce((sum, { events }) => sum + events, 0),
    dropped: last.dropped ?? {},
    closed: last.end === true,
    signed: key !== null,
    proven: own[0] ? { seq: own[0].seq, time: own[0].time } : null,
    unsealed: unsealed.lines > 0 && !last.end ? { file, ...unsealed } : null,
  };
}

/** The first batch that something was found about. */
function firstAffected(parts: Segment[], findings: LogFinding[]): number {
  const files = new Set(parts.map(({ file }) => file));
  const { chain } = parts[0]!.open;
  const own = findings.filter((it) => it.chain === chain || (it.chain === undefined && files.has(it.file)));
  return Math.min(...own.map(({ seq }) => seq ?? 0), Infinity);
}

function tailNote(file: string, { line, lines, events, torn }: Unsealed): string {
  const what = `${lines} ${lines === 1 ? 'line' : 'lines'}, ${events} of them decisions${torn ? ', the last one torn' : ''}`;
  return `${file}:${line}: unsealed tail, ${what}: of a crash, or still being written; nothing proves these lines`;
}
