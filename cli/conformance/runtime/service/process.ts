import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A process of our own in a group of its own, with its output in hand. */
export interface Started {
  child: ChildProcess;
  output: () => string;
  ended: Promise<{ code: number | null; signal: string | null }>;
  /** Sends SIGTERM; `undefined` when it outlives the time given. */
  terminate: (withinMs: number) => Promise<{ code: number | null; signal: string | null } | undefined>;
  /** Kills the whole group and waits for its end. */
  kill: () => Promise<void>;
}

export function startProcess(
  [program = '', ...args]: string[],
  options: { env: Record<string, string>; cwd: string; ipc?: boolean },
): Started {
  const { env, cwd, ipc = false } = options;
  const child = spawn(program, args, {
    env,
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  // A program that cannot be started has no exit.
  const failed = once(child, 'error').then(([error]) => {
    chunks.push(Buffer.from((error as Error).message));
    return { code: null, signal: null };
  });
  const closed = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  const ended = Promise.race([closed, failed]);
  const killGroup = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // The group is gone already.
    }
  };
  // A group of its own does not end with its maker.
  process.once('exit', killGroup);
  const kill = async (): Promise<void> => {
    process.off('exit', killGroup);
    killGroup();
    await ended;
  };
  return {
    child,
    output: () => Buffer.concat(chunks).toString('utf8'),
    ended,
    terminate: (withinMs) => {
      child.kill('SIGTERM');
      return within(withinMs, ended);
    },
    kill,
  };
}

export async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), ms)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
