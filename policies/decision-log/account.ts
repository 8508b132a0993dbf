/** What became of every decision that was given to the log. Nothing is estimated. */

/**
 * Why a decision is not in the log: `policy` the log's own policy left it out, `overflow` it came faster than it could
 * be written, `failed` the room for waiting ones was full because the disk or the receiver failed, `refused` the
 * receiver would never take it, `shutdown` it could not be written before the process had to end.
 */
export const DROP_CAUSES = ['policy', 'overflow', 'failed', 'refused', 'shutdown'] as const;

export type DropCause = (typeof DROP_CAUSES)[number];

export type Dropped = Record<DropCause, number>;

/** `accepted` = `written` + all of `dropped`, exactly. Causes without any are left out. */
export interface Account {
  accepted: number;
  written: number;
  dropped: Partial<Dropped>;
}

export function totalOf(dropped: Partial<Dropped>): number {
  return Object.values(dropped).reduce((sum, count) => sum + count, 0);
}
