import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectFile } from '../policies/root.ts';
import { CORE, has, pinned } from './machine.ts';

const run = promisify(execFile);

export const CONNECTIONS = 64;
export const GENERATOR = has('wrk') ? 'wrk' : 'node';

export interface Load {
  url: string;
  headers: Record<string, string>;
  seconds: number;
  /** Gives every request a query and an id of its own. */
  varied?: boolean;
}

/** Keeps a server busy and counts its answers. Throws when any of them is not a 2xx: such a run says nothing. */
export async function load(options: Load): Promise<{ requests: number }> {
  const counted = GENERATOR === 'wrk' ? await wrk(options) : await node(options);
  if (counted.failed) throw new Error(`failed requests (${counted.failed}): the run is void`);
  return counted;
}

interface Counted {
  requests: number;
  /** What failed; empty when nothing did. */
  failed: string;
}

async function wrk({ url, headers, seconds, varied }: Load): Promise<Counted> {
  const header = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const script = varied ? ['-s', projectFile('bench', 'varied.lua')] : [];
  const args = [
    'wrk',
    '-t1',
    `-c${CONNECTIONS}`,
    `-d${seconds}s`,
    '--timeout',
    '10s',
    ...script,
    ...header,
    url,
  ];
  const { stdout } = await run(...pinned(CORE.load, args));
  const failed = /Socket errors: .*|Non-2xx or 3xx responses: .*/g;
  return {
    requests: Number(/(\d+) requests in/.exec(stdout)?.[1] ?? 0),
    failed: [...stdout.matchAll(failed)].join(', '),
  };
}

async function node(options: Load): Promise<Counted> {
  const script = join(import.meta.dirname, 'generator.js');
  const job = JSON.stringify({ ...options, connections: CONNECTIONS });
  const { stdout } = await run(...pinned(CORE.load, [process.execPath, script, job]));
  return JSON.parse(stdout) as Counted;
}
