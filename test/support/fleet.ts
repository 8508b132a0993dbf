import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { registerModules } from '../../cli/operations/apply-catalog.ts';
import { generateAssertionKeys } from '../../gateway/assertion/keys.ts';
import { projectFile } from '../../policies/root.ts';
import { openDatabase, type Database } from '../../platform/database/database.ts';
import { migrateUp } from '../../platform/database/migrate.ts';
import { seedDemo } from '../../platform/demo.ts';
import { openProxy, type Proxy } from './proxy.ts';
import { serve } from './servers.ts';
import { AUDIENCE, ISSUER, signToken, testKey } from './token.ts';
import { until } from './until.ts';

/** How the sources are run as they stand. */
const FROM_SOURCE = ['--import', 'tsx', projectFile('gateway', 'main.ts')];
const LIFE_S = 4 * 3600;
/** How long a process may take to end by itself before it is killed. */
const LAST_MS = 3000;

export interface FleetOptions {
  /** The server they share; its database is migrated and given the demo data. */
  url: string;
  size?: number;
  /** What `node` is told to run; by default the sources. */
  run?: string[];
  /** Over what the fleet sets. */
  env?: Record<string, string>;
  /** What stands behind every service; by default a server that says yes to everything. */
  backend?: string;
}

/** One gateway in a process of its own, with its own ways to the database. */
export interface Member {
  url: string;
  pid: number;
  database: Proxy;
  /** The way its listener takes. */
  notifications: Proxy;
  signal: (name: NodeJS.Signals) => void;
}

/** Real gateway processes on one database, configured by their environment alone. */
export interface Fleet {
  members: Member[];
  /** A way to the database past every proxy, for whoever changes access. */
  db: Database;
  /** A user's token that outlives every test. */
  token: (userId: string, claims?: Record<string, unknown>) => Promise<string>;
  /** Leads everything, `db` too, to another server. */
  moveTo: (url: string) => Promise<void>;
  close: () => Promise<void>;
}

export async function openFleet(options: FleetOptions): Promise<Fleet> {
  const { url, size = 3, run = FROM_SOURCE } = options;
  const db = await openDatabase({ url });
  await migrateUp(db);
  await registerModules(db);
  await seedDemo(db);
  const key = await testKey();
  const jwks = await serve((_, res) => res.end(JSON.stringify({ keys: [key.publicJwk] })));
  const ownBackend = options.backend ? undefined : await serve((_, res) => res.end('{"success":true}'));
  const backend = options.backend ?? ownBackend!.url;
  const services = await db('core.services').pluck<string[]>('key');
  const env = {
    PATH: process.env['PATH'],
    AUTH_ISSUER: ISSUER,
    AUTH_AUDIENCE: AUDIENCE,
    AUTH_JWKS_URL: jwks.url,
    ASSERTION_KEYS: await generateAssertionKeys(),
    UPSTREAMS: JSON.stringify(Object.fromEntries(services.map((service) => [service, backend]))),
    DRAIN_TIMEOUT_MS: '0',
    ...options.env,
  };
  const starting = await Promise.allSettled(Array.from({ length: size }, () => startMember(url, run, env)));
  const started = starting.flatMap((it) => (it.status === 'fulfilled' ? it.value : []));
  const fleet: Fleet = {
    members: started,
    db,
    token: (userId, claims) => {
      // Valid by clocks that are an hour off, too.
      const now = Math.floor(Date.now() / 1000);
      return signToken(key, userId, { iat: now - LIFE_S, exp: now + LIFE_S, ...claims });
    },
    moveTo: async (to) => {
      for (const { database, notifications } of fleet.members) {
        database.redirect(to);
        notifications.redirect(to);
      }
      const before = fleet.db;
      fleet.db = await openDatabase({ url: to });
      await before.destroy();
    },
    close: async () => {
      await Promise.all(started.map((member) => member.end()));
      jwks.close();
      ownBackend?.close();
      await fleet.db.destroy();
    },
  };
  const failed = starting.find((it) => it.status === 'rejected');
  if (failed) {
    await fleet.close();
    throw failed.reason as Error;
  }
  return fleet;
}

interface StartedMember extends Member {
  end: () => Promise<void>;
}

async function startMember(url: string, run: string[], env: NodeJS.ProcessEnv): Promise<StartedMember> {
  const [database, notifications] = await Promise.all([openProxy(url), openProxy(url)]);
  const child = spawn(process.execPath, run, {
    cwd: projectFile(),
    env: {
      DATABASE_URL: database.url,
      DATABASE_LISTEN_URL: notifications.url,
      PORT: '0',
      ADMIN_PORT: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Nobody else would end it when this process ends in the middle.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'exit');
  const end = async () => {
    await endChild(child, ended);
    process.off('exit', kill);
    database.close();
    notifications.close();
  };
  try {
    const { url: own, adminUrl } = await listening(child);
    await until(async () => (await fetch(`${adminUrl}/readyz`)).status === 200);
    const signal = (name: NodeJS.Signals) => void child.kill(name);
    return { url: own, pid: child.pid!, database, notifications, signal, end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Where it listens, as its log says; what it says after that is not read. */
async function listening(child: ChildProcess): Promise<{ url: string; adminUrl: string }> {
  const said: string[] = [];
  child.stderr!.on('data', (text: Buffer) => said.push(String(text)));
  for await (const line of createInterface(child.stdout!)) {
    said.push(line);
    if (!line.includes('gateway listens')) continue;
    child.stdout!.resume();
    return JSON.parse(line) as { url: string; adminUrl: string };
  }
  throw new Error(`a gateway ended at once:\n${said.join('\n')}`);
}

async function endChild(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), LAST_MS);
  await ended;
  clearTimeout(late);
}
