import { readFile } from 'node:fs/promises';

/** A process, told from a later one with the same id by when it began (where the system says so). */
export interface ProcessId {
  pid: number;
  began: string | null;
}

export async function thisProcess(): Promise<ProcessId> {
  return { pid: process.pid, began: await beginningOf(process.pid) };
}

/** A process as part of a file's name. */
export function tagOf({ pid, began }: ProcessId): string {
  return `${pid}-${began ?? ''}`;
}

/** The process a tag names; `undefined`: it is no tag. */
export function processOf(tag: string): ProcessId | undefined {
  const [, pid, began] = /^(\d+)-(\d*)$/.exec(tag) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), began: began || null };
}

/** Whether it still runs. In doubt, yes: two owners would destroy the database. */
export async function isRunning({ pid, began }: ProcessId): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = await beginningOf(pid);
  return began === null || now === null || began === now;
}

/** Field 22 of Linux's /proc/<pid>/stat; the name before it may hold anything, so count from its closing bracket. */
async function beginningOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}
