import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { extname, join } from 'node:path';
import type { Manifest } from '../../../../modules/manifest/manifest.ts';
import { projectFile } from '../../../../policies/root.ts';
import { AUDIENCE, ISSUER, type World } from '../world/world.ts';
import { startProcess, within } from './process.ts';
import type { FromChild, Start, Subject, ToChild } from './protocol.ts';
import type { Target } from './target.ts';

const START_MS = 60_000;
const DRAIN_MS = 10_000;
/** Far above what the stub needs on a busy machine: silence alone takes as long. */
const AUTH_TIMEOUT_MS = 3000;

export interface OwnOptions {
  /** Served side by side by one process, for one database. */
  subjects: Subject[];
  manifest: Manifest;
  world: World;
  database: Start['database'];
}

/**
 * Services of one module in a child process, from source or as built. What is seen of the process (connections, log,
 * its end) is seen of a service only when it is alone there. Rejects when it does not start.
 */
export async function startOwn({ subjects, manifest, world, database }: OwnOptions): Promise<Target[]> {
  const extension = extname(import.meta.filename);
  const loader = extension === '.ts' ? ['--import', 'tsx'] : [];
  const { PATH = '' } = process.env;
  const started = startProcess(
    [process.execPath, ...loader, join(import.meta.dirname, `child${extension}`)],
    {
      env: { PATH },
      cwd: projectFile(),
      ipc: true,
    },
  );
  const { child } = started;
  const ask = async (message: ToChild): Promise<FromChild | undefined> => {
    const answer = once(child, 'message').then(([it]) => it as FromChild);
    child.send(message, () => undefined);
    return within(START_MS, Promise.race([answer, started.ended.then(() => undefined)]));
  };
  const moduleSecret = randomBytes(32).toString('hex');
  const start: Start = {
    subjects,
    world: { url: world.url, coldUrl: world.coldUrl, issuer: ISSUER, audience: AUDIENCE },
    moduleSecret,
    database,
    allowed: allowed(manifest, world, database),
    authTimeoutMs: AUTH_TIMEOUT_MS,
  };
  const answer = await ask({ start });
  if (!answer || !('ready' in answer)) {
    await started.kill();
    const why = answer && 'failed' in answer ? answer.failed : started.output().trim().slice(-2000);
    throw new Error(`it does not start: ${why || 'it said nothing'}`);
  }
  const alone: Partial<Target> = {
    seen: async () => {
      const told = await ask('seen');
      return told && 'seen' in told ? told.seen : undefined;
    },
    terminate: () => started.terminate(DRAIN_MS),
    output: () => Promise.resolve(started.output()),
    heldToTables: 'url' in database,
  };
  return answer.ready.map((ready) => ({
    ...ready,
    secrets: [moduleSecret, ...('url' in database ? [new URL(database.url).password] : [])],
    deadlineMs: AUTH_TIMEOUT_MS + 17_000,
    ...(subjects.length === 1 && alone),
    kill: () => started.kill(),
  }));
}

/** `host:port` of the stubs, the database and every host the manifest names. */
function allowed({ integrations }: Manifest, world: World, database: Start['database']): string[] {
  const databases = 'url' in database ? [database.ownerUrl, database.url] : [];
  const hosts = integrations.flatMap(({ host }) => (host === undefined ? [] : [host]));
  return [world.url, ...databases, ...hosts].map((text) => {
    const { protocol, hostname, port } = new URL(text);
    return `${hostname}:${port || (protocol === 'https:' ? '443' : '5432')}`;
  });
}
