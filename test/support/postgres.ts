import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../cli/conformance/runtime/service/free-port.ts';

const run = promisify(execFile);
const INSTALLED = '/usr/lib/postgresql';

/** A real server for tests, or why there is none. */
export type PostgresServer = { url: string } | { missing: string };

let server: Promise<PostgresServer> | undefined;

/**
 * `TEST_DATABASE_URL` (a role that may create databases), else a throwaway cluster of the PostgreSQL installed here,
 * started once per process and gone with it. `KISUM_POSTGRES_REQUIRED=1`: having none is an error, not a skip.
 */
export async function postgresServer(): Promise<PostgresServer> {
  server ??= findServer();
  const found = await server;
  if ('missing' in found && process.env['KISUM_POSTGRES_REQUIRED'] === '1') {
    throw new Error(`A real PostgreSQL is required here, and there is none: ${found.missing}`);
  }
  return found;
}

async function findServer(): Promise<PostgresServer> {
  const url = process.env['TEST_DATABASE_URL'];
  if (url) return { url };
  const bin = newestInstalled();
  if (!bin)
    return { missing: `no TEST_DATABASE_URL and no server under ${INSTALLED} (apt-get install postgresql)` };
  return { url: await startCluster(bin) };
}

function newestInstalled(): string | undefined {
  if (!existsSync(INSTALLED)) return undefined;
  return readdirSync(INSTALLED)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(INSTALLED, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')));
}

async function startCluster(bin: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'kisum-postgres-'));
  const password = randomBytes(16).toString('hex');
  const passwordFile = join(folder, 'password');
  const data = join(folder, 'data');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  // PostgreSQL does not run as root.
  const as: ServerUser | undefined = process.getuid?.() === 0 ? serverUser() : undefined;
  if (as) [folder, passwordFile].forEach((path) => chownSync(path, as.uid, as.gid));
  const options = { ...as, cwd: folder };
  const login = ['-U', 'kisum', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  await run(join(bin, 'initdb'), ['-D', data, '-E', 'UTF8', '--locale=C', '--no-sync', ...login], options);
  process.once('SIGTERM', () => process.exit(143));
  process.once('exit', () => {
    spawnSync(join(bin, 'pg_ctl'), ['-D', data, '-m', 'immediate', 'stop'], options);
    rmSync(folder, { recursive: true, force: true });
  });
  const port = await freePort();
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c fsync=off`;
  await run(
    join(bin, 'pg_ctl'),
    ['-D', data, '-l', join(folder, 'log'), '-w', '-o', settings, 'start'],
    options,
  );
  return `postgres://kisum:${password}@127.0.0.1:${port}/postgres`;
}

interface ServerUser {
  uid: number;
  gid: number;
}

function serverUser(): ServerUser {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!found)
    throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody to run it as.');
  return { uid: Number(found[2]), gid: Number(found[3]) };
}
