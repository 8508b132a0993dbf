import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFile } from '../../policies/root.ts';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A running command. */
export interface Running {
  child: ChildProcess;
  /** Resolves with everything on stdout once it holds `text`; rejects when the command ends before. */
  said: (text: string) => Promise<string>;
  /** Everything on stdout and stderr so far. */
  output: () => string;
  ended: Promise<Ended>;
}

/** A home folder of the test's own, so that nothing of the developer's is touched. */
export const temporaryHome = (): Promise<string> => mkdtemp(join(tmpdir(), 'kisum-'));

export function runCli(args: string[], env: Record<string, string> = {}): Running {
  return runNode([projectFile('cli', 'kisum-cli.js'), ...args], env);
}

export interface RunOptions {
  /** Default: the project's root. */
  cwd?: string;
  /** All of stdin; by default there is none. */
  input?: string;
}

/** A node process with a clean environment but for what is given. */
export function runNode(args: string[], env: Record<string, string>, options: RunOptions = {}): Running {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, args, {
    env: { PATH, HOME, ...env },
    cwd: options.cwd ?? projectFile(),
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.end(options.input);
  let stdout = '';
  let stderr = '';
  child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  child.stdout!.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  const said = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        if (!stdout.includes(text)) return;
        child.stdout!.off('data', look);
        resolve(stdout);
      };
      child.stdout!.on('data', look);
      look();
      void ended.then(({ code }) =>
        reject(new Error(`ended with ${code} before "${text}":\n${stdout}\n${stderr}`)),
      );
    });
  return { child, said, output: () => stdout + stderr, ended };
}
