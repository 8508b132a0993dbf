/** How batches are sealed, and how a seal is held against what it seals. Bytes are hashed as they were written. */
import { createHash } from 'node:crypto';
import { kindOf, parseEntry, type Seal, type Tail } from './entry.ts';
import { endsInNewline, rawLines } from './lines.ts';

const HASH_FIELD = ',"hash":"';
const HASH_END = /^[0-9a-f]{64}"\}\}\n$/;

/** Seals everything behind the seal before. @returns the hash, and the seal as a line */
export function sealLines(
  behind: (Buffer | string)[],
  seal: Omit<Seal, 'hash'>,
): { hash: string; line: string } {
  const head = JSON.stringify({ seal }).slice(0, -2);
  const hashing = createHash('sha256');
  for (const part of behind) hashing.update(part);
  const hash = hashing.update(head).digest('hex');
  return { hash, line: `${head}${HASH_FIELD}${hash}"}}\n` };
}

/** What of a seal's line is hashed; `undefined` when it does not end as a seal ends. */
export function hashedPart(line: Buffer): Buffer | undefined {
  const end = line.lastIndexOf(HASH_FIELD);
  if (end === -1 || !HASH_END.test(line.toString('latin1', end + HASH_FIELD.length))) return undefined;
  return line.subarray(0, end);
}

/** A file that is there already, and is no decision log. */
export class NoDecisionLog extends Error {
  override name = 'NoDecisionLog';
}

/** How a file ends. */
export interface FileEnd {
  /** Its last seal; `null` when it has none. */
  last: Pick<Seal, 'chain' | 'seq' | 'hash'> | null;
  /** The bytes behind it; those of a torn last line as if it had been given its end. */
  tail: Tail;
  torn: boolean;
}

export const NO_BYTES: Tail = { bytes: 0, sha256: createHash('sha256').digest('hex') };

/**
 * How a log file ends; `undefined` when it is empty.
 * @throws NoDecisionLog when it does not begin as a log
 */
export async function endOf(file: string, { mended }: { mended: boolean }): Promise<FileEnd | undefined> {
  let last: FileEnd['last'] = null;
  let hash = createHash('sha256');
  let bytes = 0;
  let torn: boolean | undefined;
  for await (const lines of rawLines(file)) {
    for (const line of lines) {
      if (torn === undefined && kindOf(line.bytes) !== 'open')
        throw new NoDecisionLog(`${file} is there and is no decision log: give another path`);
      torn = !endsInNewline(line.bytes);
      hash.update(line.bytes);
      bytes += line.bytes.length;
      const entry = kindOf(line.bytes) === 'seal' ? parseEntry(line.bytes) : undefined;
      if (entry?.kind !== 'seal') continue;
      last = entry.seal;
      hash = createHash('sha256');
      bytes = 0;
    }
  }
  if (torn === undefined) return undefined;
  if (torn && mended) hash.update('\n');
  return { last, tail: { bytes: bytes + Number(torn && mended), sha256: hash.digest('hex') }, torn };
}
