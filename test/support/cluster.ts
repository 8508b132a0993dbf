import { execFile, spawnSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const INSTALLED = '/usr/lib/postgresql';
const USER = 'kisum';
/** By this name a primary knows its synchronous standby. */
const STANDBY = 'kisum_standby';

/** How a server ends: `fast` as an operator stops it, `immediate` as when it is killed. */
type Ending = 'fast' | 'immediate';

interface Login {
  uid: number;
  gid: number;
}

/** Why no throwaway server can be started here; `undefined` when it can. */
export function missingPostgres(): string | undefined {
  return newestInstalled() ? undefined : `no server under ${INSTALLED} (apt-get install postgresql)`;
}

function newestInstalled(): string | undefined {
  if (!existsSync(INSTALLED)) return undefined;
  return readdirSync(INSTALLED)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(INSTALLED, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')));
}

/** A throwaway PostgreSQL server on loopback, gone with the process that made it. */
export class Cluster {
  readonly #place: Place;
  readonly #settings: string[];
  readonly url: string;

  private constructor(place: Place, settings: string[]) {
    this.#place = place;
    this.#settings = settings;
    this.url = `postgres://${USER}:${place.password}@127.0.0.1:${place.port}/postgres`;
  }

  /**
   * A new, empty one that runs.
   * @param settings as `name=value`
   */
  static async open(settings: string[] = []): Promise<Cluster> {
    const place = await makePlace(randomBytes(16).toString('hex'));
    const login = ['-U', USER, '--auth=scram-sha-256', `--pwfile=${join(place.folder, 'password')}`];
    await place.run('initdb', ['-D', place.data, '-E', 'UTF8', '--locale=C', '--no-sync', ...login]);
    const cluster = new Cluster(place, settings);
    await cluster.start();
    return cluster;
  }

  async start(): Promise<void> {
    const { folder, port } = this.#place;
    const settings = [
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${folder}`,
      'fsync=off',
      ...this.#settings,
    ].map((it) => `-c ${it}`);
    const options = `-p ${port} ${settings.join(' ')}`;
    await this.#control('-l', join(folder, 'log'), '-w', '-o', options, 'start');
  }

  async stop(ending: Ending = 'fast'): Promise<void> {
    await this.#control('-w', '-m', ending, 'stop');
  }

  /** A copy that follows this one; from now on a commit here is acknowledged only when the copy has it too. */
  async openStandby(): Promise<Cluster> {
    const place = await makePlace(this.#place.password);
    const source = Object.assign(new URL(this.url), { search: `?application_name=${STANDBY}` }).href;
    await place.run('pg_basebackup', [
      ...['-D', place.data, '-d', source, '--checkpoint=fast', '--no-sync'],
      ...['--wal-method=stream', '--write-recovery-conf'],
    ]);
    const standby = new Cluster(place, this.#settings);
    await standby.start();
    await this.#sql(`alter system set synchronous_standby_names = '${STANDBY}'`);
    await this.#sql('select pg_reload_conf()');
    return standby;
  }

  /** Makes a standby a primary, on a timeline of its own. */
  async promote(): Promise<void> {
    await this.#control('-w', 'promote');
  }

  /** Stops it and removes its files. */
  remove(): void {
    this.#place.remove();
  }

  async #control(...args: string[]): Promise<void> {
    await this.#place.run('pg_ctl', ['-D', this.#place.data, ...args]);
  }

  async #sql(statement: string): Promise<void> {
    await this.#place.run('psql', ['-d', this.url, '-qAtc', statement]);
  }
}

/** Where one server has its files and its port. */
interface Place {
  folder: string;
  data: string;
  password: string;
  port: number;
  /** Runs a program of PostgreSQL there; it rejects with what the program says. */
  run: (program: string, args: string[]) => Promise<unknown>;
  remove: () => void;
}

async function makePlace(password: string): Promise<Place> {
  const bin = newestInstalled();
  if (!bin) throw new Error(missingPostgres());
  const folder = mkdtempSync(join(tmpdir(), 'kisum-postgres-'));
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  // PostgreSQL does not run as root.
  const login = process.getuid?.() === 0 ? serverLogin() : undefined;
  if (login) [folder, passwordFile].forEach((path) => chownSync(path, login.uid, login.gid));
  const options = { ...login, cwd: folder };
  const remove = () => {
    process.off('exit', remove);
    if (existsSync(join(data, 'postmaster.pid')))
      spawnSync(join(bin, 'pg_ctl'), ['-D', data, '-m', 'immediate', 'stop'], options);
    rmSync(folder, { recursive: true, force: true });
  };
  process.on('exit', remove);
  endOnSignal();
  return {
    folder,
    data,
    password,
    port: await keepablePort(),
    run: (program, args) => run(join(bin, program), args, options),
    remove,
  };
}

/** Free, and below those that the system gives to connections: it is still free when the server starts again. */
async function keepablePort(): Promise<number> {
  for (;;) {
    const port = randomInt(16_000, 32_000);
    const probe = createServer().listen(port, '127.0.0.1');
    const isFree = await once(probe, 'listening').then(
      () => true,
      () => false,
    );
    await new Promise((resolve) => probe.close(resolve));
    if (isFree) return port;
  }
}

let endsOnSignal = false;

/** A signal alone would leave servers behind: `exit` is told only of an orderly end. */
function endOnSignal(): void {
  if (endsOnSignal) return;
  endsOnSignal = true;
  process.once('SIGTERM', () => process.exit(143));
}

function serverLogin(): Login {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!found)
    throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody to run it as.');
  return { uid: Number(found[2]), gid: Number(found[3]) };
}
