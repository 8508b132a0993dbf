import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { projectFile } from '../../policies/root.ts';
import { runNode, type Running, type RunOptions } from './cli.ts';

const run = promisify(execFile);

/** A copy of this checkout, to be changed and thrown away. */
export interface Checkout {
  folder: string;
  file: (...names: string[]) => string;
  /** A node process in the copy. */
  run: (args: string[], env?: Record<string, string>, options?: RunOptions) => Running;
  /** `kisum-cli` of the copy. */
  cli: (args: string[], env?: Record<string, string>, options?: RunOptions) => Running;
  remove: () => Promise<void>;
}

/** Every file that is tracked, or would be if it were added; `node_modules` is shared. */
export async function copyCheckout(): Promise<Checkout> {
  const folder = await mkdtemp(join(tmpdir(), 'kisum-checkout-'));
  const file = (...names: string[]) => join(folder, ...names);
  const listed = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: projectFile(),
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const name of new Set(listed.stdout.split('\0').filter(Boolean))) {
    await mkdir(dirname(file(name)), { recursive: true });
    // Tracked and deleted meanwhile: not there in the copy either.
    await copyFile(projectFile(name), file(name)).catch(whenMissing);
  }
  await symlink(projectFile('node_modules'), file('node_modules'), 'dir');
  const runHere: Checkout['run'] = (args, env = {}, options = {}) =>
    runNode(args, env, { cwd: folder, ...options });
  return {
    folder,
    file,
    run: runHere,
    cli: (args, ...rest) => runHere([file('cli', 'kisum-cli.js'), ...args], ...rest),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function whenMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
