import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';

/** Servers under test share one core; whatever loads them has another. */
export const CORE = { server: 0, load: 1 };

const TICKS_PER_SECOND = 100;
const canPin = has('taskset') && cpus().length > 1;

export function has(program: string): boolean {
  return spawnSync('which', [program]).status === 0;
}

/** The command, kept on one core where the system can do that. */
export function pinned(core: number, command: string[]): [string, string[]] {
  const [program, ...args] = canPin ? ['taskset', '-c', String(core), ...command] : command;
  return [program!, args];
}

/** Processor time a process has used so far, in microseconds, its threads included. */
export function cpuMicros(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1e6;
}

/** Resident memory of a process, in MiB. */
export function rssMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

/** What a table of figures needs to be read by somebody else. */
export function machine(): Record<string, string> {
  return {
    node: process.version,
    cpu: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    pinned: String(canPin),
  };
}
