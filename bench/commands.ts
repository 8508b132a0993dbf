import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectFile } from '../policies/root.ts';

const ANSWERS =
  '--title Trial --owner team-bench --purpose Timed --must-not last --entity trial:name=text'.split(' ');

/** Command line → most milliseconds of processor time it may take, as built, from the shell to its end. */
const LIMITS: Record<string, { args: string[]; exits: number; most: number }> = {
  help: { args: ['--help'], exits: 0, most: 250 },
  'new module, nothing given': { args: ['new', 'module'], exits: 2, most: 250 },
  'new module --dry-run': {
    args: ['new', 'module', 'bench_trial', ...ANSWERS, '--dry-run'],
    exits: 0,
    most: 900,
  },
};
const TURNS = 5;

export interface CommandTime {
  name: string;
  /** The quickest of all turns: what else runs on the machine only adds. */
  milliseconds: number;
  most: number;
}

/** Times every command as a process of its own. Throws when one does not end as it should. */
export function timeCommands(): CommandTime[] {
  return Object.entries(LIMITS).map(([name, { args, exits, most }]) => {
    const turns = Array.from({ length: TURNS }, () => processorTime(name, args, exits));
    return { name, milliseconds: Math.min(...turns), most };
  });
}

function processorTime(name: string, args: string[], exits: number): number {
  const told = join(import.meta.dirname, 'processor-time.js');
  const main = projectFile('dist', 'cli', 'main.js');
  const { status, output } = spawnSync(process.execPath, ['--import', told, main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== exits) throw new Error(`${name} ended with ${status}:\n${output[2]}`);
  return Number(output[3]);
}
