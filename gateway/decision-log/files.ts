import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { endOf, NO_BYTES } from '../../policies/decision-log/chain.ts';
import { parseEntry, type Ending, type Opening, type Tail } from '../../policies/decision-log/entry.ts';
import { rawLines } from '../../policies/decision-log/lines.ts';

const NUMBER = /^\.(\d{6,})$/;

/** Rotated files beside a log, oldest first: `<file>.000001`, `<file>.000002`, … */
export async function rotatedFiles(file: string): Promise<string[]> {
  const name = basename(file);
  const found = (await readdir(dirname(file))).flatMap((it) => {
    const number = it.startsWith(name) ? NUMBER.exec(it.slice(name.length))?.[1] : undefined;
    return number === undefined ? [] : [{ path: join(dirname(file), it), number: Number(number) }];
  });
  return found.toSorted((a, b) => a.number - b.number).map(({ path }) => path);
}

/** The name after the newest one. */
export async function nextRotated(file: string): Promise<string> {
  const newest = (await rotatedFiles(file)).at(-1);
  const number = newest ? Number(newest.slice(file.length + 1)) : 0;
  return `${file}.${String(number + 1).padStart(6, '0')}`;
}

/** Removes the oldest rotated files but for so many. */
export async function removeOld(file: string, keep: number): Promise<void> {
  const rotated = await rotatedFiles(file);
  for (const path of rotated.slice(0, Math.max(0, rotated.length - keep))) await rm(path, { force: true });
}

/** Where the oldest file that is still there begins; `undefined` when there is none. */
export async function oldestPart(file: string): Promise<Opening['oldest'] | undefined> {
  for (const path of [...(await rotatedFiles(file)), file]) {
    const opening = await openingOf(path);
    if (opening) return { chain: opening.chain, from: opening.from };
  }
  return undefined;
}

async function openingOf(path: string): Promise<Opening | undefined> {
  if ((await sizeOf(path)) === 0) return undefined;
  for await (const [line] of rawLines(path)) {
    if (!line) continue;
    const entry = parseEntry(line.bytes);
    return entry.kind === 'open' ? entry.open : undefined;
  }
  return undefined;
}

export interface Left {
  /** The last batch of earlier processes; `null` when there is none. */
  after: Ending | null;
  /** What the file itself holds that no seal covers. */
  before: Tail;
  /** The file itself ends in the middle of a line. */
  torn: boolean;
}

/**
 * What earlier processes left.
 * @throws NoDecisionLog when the file is something else
 */
export async function whatWasLeft(file: string): Promise<Left> {
  const own = (await sizeOf(file)) > 0 ? await endOf(file, { mended: true }) : undefined;
  const { tail: before = NO_BYTES, torn = false } = own ?? {};
  if (own?.last) return { after: endingOf(own.last, before), before, torn };
  for (const path of (await rotatedFiles(file)).toReversed()) {
    const left = await endOf(path, { mended: false });
    if (left?.last) return { after: endingOf(left.last, left.tail), before, torn };
  }
  return { after: null, before, torn };
}

const endingOf = ({ chain, seq, hash }: Omit<Ending, 'tail'>, tail: Tail): Ending => ({
  chain,
  seq,
  hash,
  tail,
});

/** 0 when it is not there. */
async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}
