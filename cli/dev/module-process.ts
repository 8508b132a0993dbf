import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { extname, join } from 'node:path';
import type { Manifest } from '../../modules/manifest/manifest.ts';
import { AUDIENCE, ISSUER, type World } from '../conformance/runtime/world/world.ts';
import type { Start, Started } from './protocol.ts';

export interface ModuleProcess {
  /** Service → where it answers. */
  urls: Record<string, string>;
  stop(): Promise<void>;
}

/** Runs the module's backends in a process of their own; its log and its errors go to stderr. Throws when it does not start. */
export async function startModule(manifest: Manifest, world: World, dump: string): Promise<ModuleProcess> {
  const extension = extname(import.meta.filename);
  const execArgv = extension === '.ts' ? ['--import', import.meta.resolve('tsx')] : [];
  const child = fork(join(import.meta.dirname, `child${extension}`), {
    execArgv,
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  const start: Start = {
    services: manifest.services,
    world: world.url,
    auth: { url: world.url, issuer: ISSUER, audience: AUDIENCE },
    moduleSecret: randomBytes(32).toString('hex'),
    dump,
  };
  child.send(start);
  const answer = await Promise.race([
    once(child, 'message').then(([message]) => message as Started),
    ended.then((): Started => ({ failed: 'its process ended: what it said stands above' })),
  ]);
  if ('urls' in answer) return { urls: answer.urls, stop };
  await stop();
  throw new Error(answer.failed);
}
