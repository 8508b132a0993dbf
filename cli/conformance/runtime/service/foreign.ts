import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { CliError, EXIT } from '../../../errors.ts';
import { AUDIENCE, ISSUER, type World } from '../world/world.ts';
import { freePort } from './free-port.ts';
import { startProcess } from './process.ts';
import type { Target } from './target.ts';

const START_MS = 30_000;
const DRAIN_MS = 15_000;
/** A service may give Auth three seconds, and needs some of its own. */
const DEADLINE_MS = 20_000;

/** What a service is told by its environment: docs/module-contract.md. */
export function environment(
  world: Pick<World, 'url'>,
  port: number,
  moduleSecret: string,
): Record<string, string> {
  const { PATH = '', DATABASE_URL } = process.env;
  return {
    PATH,
    ...(DATABASE_URL !== undefined && { DATABASE_URL }),
    HOST: '127.0.0.1',
    PORT: String(port),
    AUTH_URL: world.url,
    AUTH_ISSUER: ISSUER,
    AUTH_AUDIENCE: AUDIENCE,
    AUTH_JWKS_URL: `${world.url}/.well-known/jwks.json`,
    GATEWAY_URL: world.url,
    MODULE_SECRET: moduleSecret,
    LOG_LEVEL: 'info',
  };
}

/** Starts it twice: beside stubs that answer, and beside some that have no keys. */
export async function startForeign(command: string[], world: World, moduleSecret: string): Promise<Target> {
  const cwd = process.cwd();
  const start = async (url: string) => {
    const port = await freePort();
    const started = startProcess(command, { env: environment({ url }, port, moduleSecret), cwd });
    const ended = started.ended.then(() => false);
    if (await Promise.race([listens('127.0.0.1', port, START_MS), ended])) {
      return { started, url: `http://127.0.0.1:${port}` };
    }
    await started.kill();
    const said = started.output().trim().slice(-2000) || 'it said nothing';
    throw new CliError(EXIT.precondition, `${command.join(' ')} does not listen on PORT: ${said}`);
  };
  const warm = await start(world.url);
  const cold = await start(world.coldUrl).catch(async (error: Error) => {
    await warm.started.kill();
    throw error;
  });
  return {
    url: warm.url,
    coldUrl: cold.url,
    secrets: [moduleSecret],
    deadlineMs: DEADLINE_MS,
    terminate: () => warm.started.terminate(DRAIN_MS),
    output: () => Promise.resolve(warm.started.output()),
    kill: async () => {
      await Promise.all([warm.started.kill(), cold.started.kill()]);
    },
  };
}

/** A service that somebody else started and will end. */
export async function running(url: string, logFile: string | undefined): Promise<Target> {
  const { hostname, port, protocol } = new URL(url);
  if (!(await listens(hostname, Number(port || (protocol === 'https:' ? 443 : 80)), 2000))) {
    throw new CliError(EXIT.outside, `nobody answers at ${url}: start the service first`);
  }
  if (logFile !== undefined && !existsSync(logFile)) {
    throw new CliError(EXIT.usage, `--log-file ${logFile} does not exist`);
  }
  const begin = logFile === undefined ? 0 : (await stat(logFile)).size;
  return {
    url: url.replace(/\/$/, ''),
    secrets: [],
    deadlineMs: DEADLINE_MS,
    outlivesKeys: true,
    ...(logFile !== undefined && { output: () => written(logFile, begin) }),
    kill: () => Promise.resolve(),
  };
}

/** What was written since; whole once the file has stopped growing. */
async function written(file: string, begin: number): Promise<string> {
  let size = -1;
  for (let content = await readFile(file); ; content = await readFile(file)) {
    if (content.length === size) return content.subarray(begin).toString('utf8');
    size = content.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

async function listens(host: string, port: number, withinMs: number): Promise<boolean> {
  const end = performance.now() + withinMs;
  do {
    if (await isOpen(host, port)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (performance.now() < end);
  return false;
}

/** Whether a connection can be made. */
export function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
