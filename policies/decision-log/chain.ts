/** How batches are sealed, and how a seal is held against what it seals. Bytes are hashed as they were written. */
import { createHash } from 'node:crypto';
import type { Ending, Seal } from './entry.ts';
import { endsInNewline, rawLines } from './lines.ts';
import { kindOf, parseEntry } from './entry.ts';

const HASH_FIELD = ',"hash":"';
const HASH_END = /^[0-9a-f]{64}"\}\}\n$/;

/** Seals the lines behind the seal before. @returns the hash, and the seal as a line */
export function sealLines(lines: Buffer, seal: Omit<Seal, 'hash'>): { hash: string; line: string } {
  const head = JSON.stringify({ seal }).slice(0, -2);
  const hash = createHash('sha256').update(lines).update(head).digest('hex');
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

/**
 * Where a file ends: its last seal, and what lies behind it; `undefined` when it is empty. With `mended`, as if a torn
 * last line had been given its end.
 * @throws NoDecisionLog when it does not begin as a log
 */
export async function endingOf(
  file: string,
  { mended }: { mended: boolean },
): Promise<{ ending: Ending | null; torn: boolean } | undefined> {
  let seal: Seal | undefined;
  let tail = { bytes: 0, hash: createHash('sha256') };
  let torn = false;
  let first = true;
  for await (const lines of rawLines(file)) {
    for (const { bytes } of lines) {
      if (first && kindOf(bytes) !== 'open')
        throw new NoDecisionLog(`${file} is there and is no decision log: give another path`);
      first = false;
      torn = !endsInNewline(bytes);
      const entry = kindOf(bytes) === 'seal' ? parseEntry(bytes) : undefined;
      if (entry?.kind === 'seal') {
        seal = entry.seal;
        tail = { bytes: 0, hash: createHash('sha256') };
      } else {
        tail.bytes += bytes.length;
        tail.hash.update(bytes);
      }
    }
  }
  if (first) return undefined;
  if (torn && mended) {
    tail.bytes += 1;
    tail.hash.update('\n');
  }
  const { chain, seq, hash } = seal ?? {};
  if (chain === undefined || seq === undefined || hash === undefined) return { ending: null, torn };
  return { ending: { chain, seq, hash, tail: { bytes: tail.bytes, sha256: tail.hash.digest('hex') } }, torn };
}
