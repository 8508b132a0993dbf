/** The checkpoints that were held outside, against the log as it is now. */
import type { HeldCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './entry.ts';
import type { FindingKind, LogFinding } from './finding.ts';
import type { Segment } from './segment.ts';

export interface Against {
  findings: LogFinding[];
  notes: string[];
  /** Those that the log agrees with, its own among them. */
  confirmed: Checkpoint[];
}

export function holdAgainst(held: HeldCheckpoint[], chains: Map<string, Segment[]>): Against {
  const against: Against = { findings: [], notes: [], confirmed: [] };
  for (const part of [...chains.values()].flat()) against.confirmed.push(...part.checkpoints);
  const order: string[] = [];
  const missing = new Map<string, HeldCheckpoint & { checkpoint: Checkpoint }>();
  for (const it of held) {
    if (it.read.state === 'invalid') {
      against.findings.push(finding(it, 'checkpoint', 'none of the keys signed this checkpoint'));
      continue;
    }
    const { checkpoint } = it.read;
    if (!order.includes(checkpoint.chain)) order.push(checkpoint.chain);
    const parts = chains.get(checkpoint.chain);
    if (!parts) missing.set(checkpoint.chain, { ...it, checkpoint });
    else holdOne(it, checkpoint, parts, against);
  }
  if (held.length > 0) against.findings.push(...[...chains].flatMap((it) => neverHeld(it, order)));
  const oldest = [...chains.values()].flat().map(({ open }) => order.indexOf(open.oldest.chain));
  for (const [chain, it] of missing) {
    if (oldest.some((index) => index > order.indexOf(chain))) {
      against.notes.push(`chain ${chain} was removed by rotation`);
      continue;
    }
    const message = `chain ${chain} is in no file, and had batches up to ${it.checkpoint.seq}`;
    against.findings.push(finding(it, 'missing', `${message}: give its files too, or they were taken away`));
  }
  return against;
}

/** A chain has a checkpoint outside from its first batch on. */
function neverHeld([chain, parts]: [string, Segment[]], order: string[]): LogFinding[] {
  if (order.includes(chain)) return [];
  const { file, line } = parts[0]!;
  const message = 'no checkpoint of this chain was held outside';
  return [{ kind: 'checkpoint', file, line, chain, message }];
}

function holdOne(
  held: HeldCheckpoint,
  checkpoint: Checkpoint,
  parts: Segment[],
  { findings, confirmed }: Against,
): void {
  const { chain, seq, hash, time } = checkpoint;
  const last = parts.at(-1)!;
  const place = { chain, seq };
  if (seq > last.last.seq) {
    const message = `the log ends with batch ${last.last.seq}; batch ${seq} was there at ${time} (${held.file}:${held.line})`;
    findings.push({ kind: 'truncated', file: last.file, line: last.lastLine, ...place, message });
    return;
  }
  const part = parts.find((it) => it.hashes.has(seq));
  if (!part) return;
  if (part.hashes.get(seq) !== hash) {
    const message = `batch ${seq} is not the one of the checkpoint held outside (${held.file}:${held.line})`;
    findings.push({ kind: 'changed', file: part.file, line: part.line, ...place, message });
  } else if (!part.jws.has(held.jws)) {
    const message = `the checkpoint of batch ${seq}, held outside (${held.file}:${held.line}), is not in the log`;
    findings.push({ kind: 'missing', file: part.file, line: part.line, ...place, message });
  } else if (held.read.state === 'valid') {
    confirmed.push(checkpoint);
  }
}

function finding({ file, line }: HeldCheckpoint, kind: FindingKind, message: string): LogFinding {
  return { kind, file, line, message };
}
