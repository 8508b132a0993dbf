/** The policy compiler: the pinned version or none. How it is found: docs/decisions/policy-supply.md */
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectFile } from '../root.ts';
import { WorkbenchError, run } from './run.ts';

export type Log = (line: string) => void;

const TOOLS = projectFile('policies', 'tools');
const PACKAGE = 'github.com/open-policy-agent/opa';

/** The one version that compiles these policies, from `policies/tools/go.mod`. */
export async function pinnedVersion(): Promise<string> {
  const text = await readFile(join(TOOLS, 'go.mod'), 'utf8');
  const version = /github\.com\/open-policy-agent\/opa v(\S+)/.exec(text)?.[1];
  if (version === undefined) throw new WorkbenchError('policies/tools/go.mod pins no version of opa');
  return version;
}

/** Where a compiler built here is kept for the next time. */
export function cachedOpa(version: string, env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kisum', `opa-${version}`, 'opa');
}

/**
 * Path of an `opa` of the pinned version: `OPA`, then PATH, then the cache, then built with Go into the cache.
 * Throws one `WorkbenchError` that names every way and why it did not lead anywhere.
 */
export async function findOpa(log: Log = () => {}): Promise<string> {
  const { opa, tried } = await readyOpa();
  if (opa !== null) return opa;
  const version = await pinnedVersion();
  const fault = await buildOpa(cachedOpa(version), log);
  if (fault === null) return cachedOpa(version);
  throw new WorkbenchError(
    [
      `no opa ${version}, which compiles the policies:`,
      ...tried,
      `  go build: ${fault}`,
      advice(version),
    ].join('\n'),
  );
}

/** The same without building: `opa` is null when none is at hand, and `tried` says where it was looked for. */
export async function readyOpa(): Promise<{ opa: string | null; tried: string[] }> {
  const version = await pinnedVersion();
  const places: [string, string | undefined][] = [
    ['OPA', process.env.OPA],
    ['PATH', 'opa'],
    ['cache', cachedOpa(version)],
  ];
  const tried: string[] = [];
  for (const [place, path] of places) {
    const fault = await misfit(path, version);
    if (path && fault === null) return { opa: path, tried };
    tried.push(`  ${place}: ${fault}`);
  }
  return { opa: null, tried };
}

/** Why this is not the compiler, or null when it is. */
async function misfit(path: string | undefined, version: string): Promise<string | null> {
  if (!path) return 'not set';
  try {
    const { stdout } = await run(path, ['version'], { cwd: TOOLS });
    const found = /^Version: (\S+)/m.exec(stdout.toString('utf8'))?.[1] ?? 'unknown';
    return found === version ? null : `${path} is version ${found}`;
  } catch {
    return `${path} cannot be run`;
  }
}

/** Builds the pinned version; go.sum holds every byte of its source to a digest. Returns why it failed, or null. */
async function buildOpa(target: string, log: Log): Promise<string | null> {
  const built = `${target}.${process.pid}`;
  log(`building opa with Go into ${dirname(target)}; this takes a minute or two, once`);
  try {
    await mkdir(dirname(target), { recursive: true });
    const env = { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' };
    const { code, stderr } = await run('go', ['build', '-trimpath', '-o', built, PACKAGE], {
      cwd: TOOLS,
      env,
    });
    if (code !== 0) return stderr.trim() || `go ended with ${code}`;
    await rename(built, target);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await rm(built, { force: true });
  }
}

function advice(version: string): string {
  return `Install opa ${version} and put it on PATH or name it in OPA, or install Go (see policies/tools/go.mod).`;
}
