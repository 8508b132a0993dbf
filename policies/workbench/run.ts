/** Other programs, run to their end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Ran {
  code: number;
  stdout: Buffer;
  stderr: string;
}

/** Work on the policies that cannot be done; the message says what to do next. */
export class WorkbenchError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'WorkbenchError';
  }
}

/** Runs a program without a shell. Rejects when it cannot be started or is stopped; any exit code is an answer. */
export async function run(
  program: string,
  args: string[],
  where: { cwd: string; env?: Record<string, string>; signal?: AbortSignal | undefined },
): Promise<Ran> {
  const child = spawn(program, args, {
    cwd: where.cwd,
    env: { ...process.env, ...where.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: where.signal,
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? 1, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString('utf8') };
}

/** Like `run`, for programs that must succeed: what they printed is the reason when they do not. */
export async function mustRun(program: string, args: string[], cwd: string, what: string): Promise<Buffer> {
  const { code, stdout, stderr } = await run(program, args, { cwd });
  if (code === 0) return stdout;
  throw new WorkbenchError(`${what} failed:\n${stderr.trim()}\n${stdout.toString('utf8').trim()}`.trim());
}
