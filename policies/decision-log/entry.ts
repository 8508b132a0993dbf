/** What a line of the decision log can be. Each is one JSON object, told by its first key. */
import type { CatalogData, DecisionEvent } from '../contract.ts';
import type { Account } from './account.ts';

/** Where a run of batches begins: the first line of a file, and again where a process goes on in an old one. */
export interface Opening {
  version: 1;
  /** One chain per process and file. */
  chain: string;
  /** Sequence number of its first batch here: 0, or more after a rotation. */
  from: number;
  /** Hash of the batch before it in this chain; empty for the first. */
  prev: string;
  /** RFC 3339. */
  time: string;
  labels: Record<string, string>;
  /** Id of the key that signs its checkpoints; `null`: nobody signs. */
  key: string | null;
  /** Where the log of an earlier process ended, with the lines that were never sealed; `null`: there was none. */
  after: Ending | null;
  /** The bytes before this line that no seal in this file covers. */
  before: Tail;
  /** The oldest part that was kept when this one began: what lies before it was removed by rotation. */
  oldest: { chain: string; from: number };
}

export interface Ending {
  chain: string;
  seq: number;
  hash: string;
  /** The bytes behind the last seal. */
  tail: Tail;
}

export interface Tail {
  bytes: number;
  /** Hex. */
  sha256: string;
}

/** Closes a batch of lines. Its hash is SHA-256 over every byte behind the seal before, up to the hash itself. */
export interface Seal extends Account {
  chain: string;
  seq: number;
  /** Events in this batch. */
  count: number;
  /** RFC 3339. */
  time: string;
  prev: string;
  /** Set on the last one of a process that was stopped in order. */
  end?: true;
  hash: string;
}

/** What a checkpoint signs: everything up to one seal. */
export interface Checkpoint {
  chain: string;
  seq: number;
  hash: string;
  time: string;
  accepted: number;
  written: number;
}

export type Entry =
  | { kind: 'event'; event: DecisionEvent }
  | { kind: 'catalog'; digest: string; data: CatalogData }
  | { kind: 'open'; open: Opening }
  | { kind: 'seal'; seal: Seal }
  /** As a compact JWS; `readCheckpoint` verifies it. */
  | { kind: 'checkpoint'; jws: string }
  /** No line of a decision log, or only the beginning of one. */
  | { kind: 'unreadable' };

export type EntryKind = Entry['kind'];

const BEGINNINGS: [string, EntryKind][] = [
  ['{"decision_id":', 'event'],
  ['{"catalog":', 'catalog'],
  ['{"open":', 'open'],
  ['{"seal":', 'seal'],
  ['{"checkpoint":', 'checkpoint'],
];

/** By its first bytes alone. */
export function kindOf(line: Buffer): EntryKind {
  const beginning = line.toString('latin1', 0, 20);
  return BEGINNINGS.find(([text]) => beginning.startsWith(text))?.[1] ?? 'unreadable';
}

/** A line as what it is. What is no whole line of a decision log is `unreadable`, never an error. */
export function parseEntry(line: Buffer): Entry {
  const kind = kindOf(line);
  if (kind === 'unreadable') return { kind };
  try {
    return entryOf(kind, JSON.parse(line.toString('utf8')) as never);
  } catch {
    return { kind: 'unreadable' };
  }
}

interface Line {
  catalog: { digest: string; data: CatalogData };
  open: Opening;
  seal: Seal;
  checkpoint: string;
}

/** @throws TypeError when the line is not shaped as its kind */
function entryOf(kind: Exclude<EntryKind, 'unreadable'>, line: Line & DecisionEvent): Entry {
  switch (kind) {
    case 'event':
      return { kind, event: line };
    case 'catalog':
      return { kind, digest: line.catalog.digest, data: line.catalog.data };
    case 'open':
      checkOpening(line.open);
      return { kind, open: line.open };
    case 'seal':
      checkSeal(line.seal);
      return { kind, seal: line.seal };
    case 'checkpoint':
      return { kind, jws: line.checkpoint };
  }
}

function checkOpening({ chain, from, prev, key, after, before, oldest, labels }: Opening): void {
  const texts = [chain, prev, oldest.chain, before.sha256, key ?? ''];
  const numbers = [from, oldest.from, before.bytes];
  if (after) {
    texts.push(after.chain, after.hash, after.tail.sha256);
    numbers.push(after.seq, after.tail.bytes);
  }
  checkShape(texts, numbers);
  if (typeof labels !== 'object') throw new TypeError('labels must be an object');
}

function checkSeal({ chain, prev, hash, time, seq, count, accepted, written, dropped }: Seal): void {
  checkShape([chain, prev, hash, time], [seq, count, accepted, written, ...Object.values(dropped)]);
}

function checkShape(texts: unknown[], numbers: unknown[]): void {
  const counts = numbers.every((it) => Number.isSafeInteger(it) && (it as number) >= 0);
  if (!counts || !texts.every((it) => typeof it === 'string')) throw new TypeError('not shaped as its kind');
}
