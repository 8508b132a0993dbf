/** One file, read as the runs of batches it holds. What is wrong inside a run is found here. */
import { createHash, type Hash } from 'node:crypto';
import { totalOf } from './account.ts';
import { hashedPart } from './chain.ts';
import { readCheckpoint } from './checkpoint.ts';
import { kindOf, parseEntry, type Checkpoint, type Opening, type Seal, type Tail } from './entry.ts';
import type { FindingKind, LogFinding } from './finding.ts';
import type { LogKeys } from './keys.ts';
import { endsInNewline, rawLines, type RawLine } from './lines.ts';

/** The batches of one chain in one file, from an opening to the next, or to the file's end. */
export interface Segment {
  file: string;
  /** Of its opening. */
  line: number;
  open: Opening;
  /** Events of the chain before this part. */
  writtenBefore: number;
  /** Hash of each batch, by its number. */
  hashes: Map<number, string>;
  /** The batch before this part, as long as it has none of its own. */
  last: Pick<Seal, 'chain' | 'seq' | 'hash' | 'written'> & Partial<Seal>;
  lastLine: number;
  /** In sealed batches. */
  events: number;
  /** Whose signature holds, or was not looked at. */
  checkpoints: Checkpoint[];
  /** The same as they stand in the file. */
  jws: Set<string>;
  /** The bytes behind the last seal. */
  tail: Tail;
  unsealed: Unsealed;
}

/** Lines that no seal covers. The checkpoint of the last seal is none of them. */
export interface Unsealed {
  /** The first one; 0 when there is none. */
  line: number;
  lines: number;
  events: number;
  /** The last one has no end. */
  torn: boolean;
}

export interface FileRead {
  file: string;
  lines: number;
  segments: Segment[];
  /** In a file without any seal. */
  unsealed: Unsealed;
  findings: LogFinding[];
}

export async function readSegments(file: string, keys: LogKeys | undefined): Promise<FileRead> {
  const reader = new SegmentReader(file, keys);
  for await (const lines of rawLines(file)) for (const line of lines) reader.take(line);
  return reader.end();
}

interface Place {
  line: number;
  to: number;
  chain: string;
  seq: number;
}

/** An opening that no seal has followed yet: after a crash, none ever will. */
interface Opened {
  open: Opening;
  line: number;
  tailBefore: Tail;
  unsealedBefore: Unsealed;
}

const NONE: Unsealed = { line: 0, lines: 0, events: 0, torn: false };

class SegmentReader {
  readonly #file: string;
  readonly #keys: LogKeys | undefined;
  readonly #segments: Segment[] = [];
  readonly #findings: LogFinding[] = [];
  #lines = 0;
  #opened: Opened | undefined;
  /** What is being read: the lines that the next seal should cover. */
  #batch = { hash: createHash('sha256'), line: 1, events: 0 };
  /** Everything behind the last seal, whatever it is. */
  #tail = { hash: createHash('sha256'), bytes: 0 };
  #unsealed = NONE;

  constructor(file: string, keys: LogKeys | undefined) {
    this.#file = file;
    this.#keys = keys;
  }

  take(line: RawLine): void {
    const { bytes, number } = line;
    this.#lines = number;
    const kind = kindOf(bytes);
    if (kind === 'seal' && this.#seal(line)) return;
    if (kind === 'open') this.#open(line);
    else if (number === 1)
      this.#find('missing', { line: 1 }, 'the file does not begin as a part of a decision log');
    this.#batch.hash.update(bytes);
    if (kind === 'event') this.#batch.events += 1;
    this.#tail.hash.update(bytes);
    this.#tail.bytes += bytes.length;
    if (kind !== 'checkpoint' || !this.#checkpoint(line)) this.#leaveUnsealed(line, kind === 'event');
  }

  end(): FileRead {
    const last = this.#segments.at(-1);
    if (last) Object.assign(last, { tail: tailOf(this.#tail), unsealed: this.#unsealed });
    return {
      file: this.#file,
      lines: this.#lines,
      segments: this.#segments,
      unsealed: last ? NONE : this.#unsealed,
      findings: this.#findings,
    };
  }

  /** Another process begins: what lies before it belongs to no batch of its. */
  #open({ bytes, number }: RawLine): void {
    this.#batch = { hash: createHash('sha256'), line: number, events: 0 };
    const entry = parseEntry(bytes);
    if (entry.kind !== 'open') return;
    const before = { tailBefore: tailOf(this.#tail), unsealedBefore: this.#unsealed };
    this.#opened = { open: entry.open, line: number, ...before };
  }

  /** @returns whether the line is a seal at all */
  #seal({ bytes, number }: RawLine): boolean {
    const entry = parseEntry(bytes);
    if (entry.kind !== 'seal') return false;
    const { seal } = entry;
    const { line, events, hash } = this.#batch;
    const part = hashedPart(bytes);
    const sound = part !== undefined && hash.update(part).digest('hex') === seal.hash;
    const place = { line, to: number, chain: seal.chain, seq: seal.seq };
    if (!sound) this.#find('changed', place, 'these lines are not the ones that were sealed');
    if (this.#opened) this.#begin(this.#opened, seal);
    const segment = this.#segments.at(-1);
    if (segment) this.#follow(segment, seal, { place, sound, events });
    else if (this.#findings.length === 0)
      this.#find('missing', place, 'a batch without the beginning of its chain');
    this.#opened = undefined;
    this.#batch = { hash: createHash('sha256'), line: number + 1, events: 0 };
    this.#tail = { hash: createHash('sha256'), bytes: 0 };
    this.#unsealed = NONE;
    return true;
  }

  #begin({ open, line, tailBefore, unsealedBefore }: Opened, { written, count }: Seal): void {
    const before = this.#segments.at(-1);
    if (before) Object.assign(before, { tail: tailBefore, unsealed: unsealedBefore });
    if (tailBefore.bytes !== open.before.bytes || tailBefore.sha256 !== open.before.sha256) {
      const lines = { line: unsealedBefore.line || line, to: line, chain: open.chain };
      this.#find('changed', lines, 'the lines before this part are not those that it found');
    }
    const writtenBefore = written - count;
    this.#segments.push({
      file: this.#file,
      line,
      open,
      writtenBefore,
      hashes: new Map(),
      last: { chain: open.chain, seq: open.from - 1, hash: open.prev, written: writtenBefore },
      lastLine: line,
      events: 0,
      checkpoints: [],
      jws: new Set(),
      tail: { bytes: 0, sha256: '' },
      unsealed: NONE,
    });
  }

  #follow(
    segment: Segment,
    seal: Seal,
    { place, sound, events }: { place: Place; sound: boolean; events: number },
  ): void {
    const { last } = segment;
    if (last.end) this.#find('inserted', place, `a batch behind the end of chain ${last.chain}`);
    else if (seal.chain !== last.chain)
      this.#find('order', place, `a batch of chain ${seal.chain} within chain ${last.chain}`);
    else if (seal.seq !== last.seq + 1)
      this.#find('order', place, `batch ${seal.seq} follows batch ${last.seq}`);
    else if (seal.prev !== last.hash)
      this.#find('order', place, `batch ${seal.seq} was not sealed on this batch ${last.seq}`);
    else if (sound && !addsUp(last.written, seal, events))
      this.#find('account', place, `the figures of batch ${seal.seq} do not add up`);
    segment.hashes.set(seal.seq, seal.hash);
    segment.last = seal;
    segment.lastLine = place.to;
    segment.events += events;
  }

  /** @returns whether the line stands where a checkpoint stands: right behind its seal */
  #checkpoint({ bytes, number }: RawLine): boolean {
    const segment = this.#segments.at(-1);
    const entry = parseEntry(bytes);
    if (!segment || segment.lastLine !== number - 1) return false;
    if (entry.kind !== 'checkpoint' || !endsInNewline(bytes)) return false;
    const { chain, seq, hash } = segment.last;
    const place = { line: number, chain, seq };
    const read = readCheckpoint(entry.jws, this.#keys);
    if (read.state === 'invalid') {
      this.#find('checkpoint', place, 'none of the keys signed this checkpoint');
      return true;
    }
    const { checkpoint } = read;
    if (checkpoint.chain !== chain || checkpoint.seq !== seq || checkpoint.hash !== hash) {
      this.#find('checkpoint', place, 'the checkpoint signs something else than the batch before it');
      return true;
    }
    segment.checkpoints.push(checkpoint);
    segment.jws.add(entry.jws);
    return true;
  }

  #leaveUnsealed({ bytes, number }: RawLine, isEvent: boolean): void {
    const { line, lines, events } = this.#unsealed;
    this.#unsealed = {
      line: line || number,
      lines: lines + 1,
      events: events + Number(isEvent),
      torn: !endsInNewline(bytes),
    };
  }

  #find(kind: FindingKind, place: Partial<Place> & { line: number }, message: string): void {
    this.#findings.push({ kind, file: this.#file, ...place, message });
  }
}

function addsUp(before: number, { accepted, written, count, dropped }: Seal, events: number): boolean {
  return count === events && written === before + count && accepted === written + totalOf(dropped);
}

const tailOf = ({ hash, bytes }: { hash: Hash; bytes: number }): Tail => ({
  bytes,
  sha256: hash.copy().digest('hex'),
});
