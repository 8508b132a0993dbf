import type { RenderedFile } from '../scaffold/render.ts';
import type { Write } from './journal.ts';
import { mergeFile, type OnConflict } from './merge.ts';

/** A module as it stands: what the template made of it last time, and what is there now. */
export interface ModuleState {
  base: RenderedFile[];
  /** Path → text, of every path that `base` or the new rendering names. */
  files: ReadonlyMap<string, string>;
}

export interface UpgradePlan {
  writes: Write[];
  /** Files that both sides changed in the same place. */
  conflicts: string[];
  /** Files whose edits were joined with a change of the template. */
  merged: string[];
}

/** What an upgrade would write; reads and writes nothing itself. */
export function planUpgrade(
  { base, files }: ModuleState,
  rendered: RenderedFile[],
  onConflict: OnConflict,
): UpgradePlan {
  const plan: UpgradePlan = { writes: [], conflicts: [], merged: [] };
  for (const path of pathsOf(base, rendered)) {
    const before = base.find((file) => file.path === path);
    const now = rendered.find((file) => file.path === path);
    const sides = { base: before?.content, mine: files.get(path), next: now?.content };
    const { content, conflict } = mergeFile((now ?? before)!.class, sides, onConflict);
    if (conflict) plan.conflicts.push(path);
    else if (content !== sides.mine && content !== sides.next) plan.merged.push(path);
    plan.writes.push({ path, before: sides.mine ?? null, after: content ?? null });
  }
  return plan;
}

/** Sorted, so that two machines write in the same order. */
export function pathsOf(...lists: RenderedFile[][]): string[] {
  return [...new Set(lists.flat().map(({ path }) => path))].sort();
}
