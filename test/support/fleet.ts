import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { registerModules } from '../../cli/operations/apply-catalog.ts';
import { freePort } from '../../cli/conformance/runtime/service/free-port.ts';
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
  /** What it said that is worse than information. */
  lines: string[];
  signal: (name: NodeJS.Signals) => void;
  metrics: () => Promise<string>;
}

/** Real gateway processes on one database, configured by their environment alone. */
export interface Fleet {
  members: Member[];
  /** A way to the database past every proxy, for whoever changes access. */
  db: Database;
  /** A user's token that outlives every test. */
  token: (userId: string) => Promise<string>;
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
    LOG_LEVEL: 'warn',
    ...options.env,
  };
  const started = await Promise.all(Array.from({ length: size }, () => startMember(url, run, env)));
  const fleet: Fleet = {
    members: started,
    db,
    token: (userId) => {
      // Valid by clocks that are an hour off, too.
      const now = Math.floor(Date.now() / 1000);
      return signToken(key, userId, { iat: now - LIFE_S, exp: now + LIFE_S });
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
  try {
    await Promise.all(started.map((member) => member.ready()));
  } catch (error) {
    await fleet.close();
    throw error;
  }
  return fleet;
}

interface StartedMember extends Member {
  ready: () => Promise<void>;
  end: () => Promise<void>;
}

async function startMember(url: string, run: string[], env: NodeJS.ProcessEnv): Promise<StartedMember> {
  const [database, notifications] = await Promise.all([openProxy(url), openProxy(url)]);
  const [port, adminPort] = [await freePort(), await freePort()];
  const lines: string[] = [];
  const child = spawn(process.execPath, run, {
    cwd: projectFile(),
    env: {
      DATABASE_URL: database.url,
      DATABASE_LISTEN_URL: notifications.url,
      PORT: String(port),
      ADMIN_PORT: String(adminPort),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => lines.push(...text.trimEnd().split('\n')));
  }
  // Nobody else would end it when this process ends in the middle.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'exit');
  const admin = `http://127.0.0.1:${adminPort}`;
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid!,
    database,
    notifications,
    lines,
    signal: (name) => void child.kill(name),
    metrics: async () => (await fetch(`${admin}/metrics`)).text(),
    ready: () =>
      until(async () => {
        if (child.exitCode !== null) throw new Error(`a gateway ended at once:\n${lines.join('\n')}`);
        return (await fetch(`${admin}/readyz`).catch(() => undefined))?.status === 200;
      }),
    end: async () => {
      await endChild(child, ended);
      process.off('exit', kill);
      database.close();
      notifications.close();
    },
  };
}

async function endChild(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), LAST_MS);
  await ended;
  clearTimeout(late);
}
