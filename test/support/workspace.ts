import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { projectFile } from '../../policies/root.ts';
import { runNode, type Running } from './cli.ts';

const ROOMS = ['policies', 'modules', 'systems', 'platform', 'gateway', 'cli', 'templates', 'package.json'];

/** A copy of the project that a test may change, with its own kisum-cli. */
export interface Workspace {
  root: string;
  file: (...names: string[]) => string;
  run: (args: string[], env?: Record<string, string>) => Running;
  remove: () => void;
}

export function openWorkspace(): Workspace {
  const root = mkdtempSync(join(tmpdir(), 'kisum-workspace-'));
  const temporary = `${sep}.kisum-tmp-`;
  for (const room of ROOMS)
    cpSync(projectFile(room), join(root, room), {
      recursive: true,
      filter: (path) => !path.includes(temporary),
    });
  symlinkSync(projectFile('node_modules'), join(root, 'node_modules'), 'dir');
  const file = (...names: string[]): string => join(root, ...names);
  return {
    root,
    file,
    run: (args, env = {}) =>
      runNode([file('cli', 'kisum-cli.js'), ...args], { KISUM_HOME: file('home'), ...env }),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
