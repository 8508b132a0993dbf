import { diff3Merge } from 'node-diff3';
import type { FileClass } from '../scaffold/template.ts';

/** What becomes of a file that both sides changed in the same place. `abort` writes nothing at all. */
export type OnConflict = 'abort' | 'inline' | 'ours' | 'theirs';

/** One file, three times; `undefined` where there is none. */
export interface Sides {
  /** As the template made it last time. */
  base: string | undefined;
  /** As it stands in the module. */
  mine: string | undefined;
  /** As the template makes it now. */
  next: string | undefined;
}

export interface Merged {
  /** What is to stand in the module; `undefined`: nothing. */
  content: string | undefined;
  conflict: boolean;
}

/** As `git merge-file --diff3` writes them. */
const MARKS = {
  mine: '<<<<<<< this module',
  base: '||||||| the template before',
  middle: '=======',
  next: '>>>>>>> the template now',
};

/** Merges one file. No edit is lost: what cannot be merged is a conflict, and where nothing was edited there is none. */
export function mergeFile(kind: FileClass, sides: Sides, onConflict: OnConflict): Merged {
  const { base, mine, next } = sides;
  if (kind === 'once') return keep(mine ?? (base === undefined ? next : undefined));
  if (mine === undefined) return keep(kind === 'managed' || base === undefined ? next : undefined);
  // The template no longer has it: an edited one is now the module's own.
  if (next === undefined) return keep(same(mine, base) ? undefined : mine);
  if (same(mine, base)) return keep(withLineEnds(next, mine));
  if (same(next, base) || same(mine, next)) return keep(mine);
  return mergeLines({ base: base ?? '', mine, next }, onConflict);
}

function keep(content: string | undefined): Merged {
  return { content, conflict: false };
}

function mergeLines({ base, mine, next }: Record<keyof Sides, string>, onConflict: OnConflict): Merged {
  const regions = diff3Merge(lines(mine), lines(base), lines(next), { excludeFalseConflicts: true });
  const merged = regions.flatMap(({ ok, conflict }) => ok ?? resolve(conflict!, onConflict));
  return {
    content: withLineEnds(merged.join('\n'), mine),
    conflict: regions.some(({ conflict }) => conflict),
  };
}

function resolve({ a, o, b }: { a: string[]; o: string[]; b: string[] }, onConflict: OnConflict): string[] {
  if (onConflict === 'ours') return a;
  if (onConflict === 'theirs') return b;
  return [MARKS.mine, ...a, MARKS.base, ...o, MARKS.middle, ...b, MARKS.next];
}

function same(a: string, b: string | undefined): boolean {
  return b !== undefined && unix(a) === unix(b);
}

function lines(text: string): string[] {
  return unix(text).split('\n');
}

function unix(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

/** Merging is done on plain line ends; a file keeps those it has. */
function withLineEnds(text: string, like: string): string {
  return like.includes('\r\n') ? unix(text).replaceAll('\n', '\r\n') : text;
}
