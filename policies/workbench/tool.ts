/** The pinned tools: that version or none. How one is found: docs/decisions/policy-supply.md */
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectFile } from '../root.ts';
import { WorkbenchError, run } from './run.ts';

export type Log = (line: string) => void;

interface Tool {
  /** Environment key that names one. */
  env: string;
  /** What it is needed for, as in "no opa, which …". */
  purpose: string;
  /** The Go package it is built from. */
  source: string;
  /** Go variable that holds its version, where a plain build leaves it empty. */
  versionVariable?: string;
}

/** What is run here and not written here. Each has its pinned version in `policies/tools/<name>/go.mod`. */
export const TOOLS = {
  opa: { env: 'OPA', purpose: 'compiles and tests the policies', source: 'github.com/open-policy-agent/opa' },
  regal: {
    env: 'REGAL',
    purpose: 'lints the policies',
    source: 'github.com/open-policy-agent/regal',
    versionVariable: 'github.com/open-policy-agent/regal/pkg/version.Version',
  },
} satisfies Record<string, Tool>;

export type ToolName = keyof typeof TOOLS;

/** The one version that is used. */
export async function toolVersion(name: ToolName): Promise<string> {
  const file = join(folderOf(name), 'go.mod');
  const { source } = TOOLS[name];
  const line = (await readFile(file, 'utf8')).split('\n').find((it) => it.trim().startsWith(`${source} v`));
  const version = line?.trim().split(' ')[1]?.slice(1);
  if (version === undefined)
    throw new WorkbenchError(`policies/tools/${name}/go.mod pins no version of ${name}`);
  return version;
}

/** Where one built here is kept for the next time. */
export function cachedTool(name: ToolName, version: string, env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kisum', `${name}-${version}`, name);
}

/**
 * Path of a tool in the pinned version: as its environment key names it, then from PATH, then from the cache, then
 * built with Go into the cache. Throws one `WorkbenchError` that names every way and why it did not lead anywhere.
 */
export async function findTool(name: ToolName, log: Log = () => {}): Promise<string> {
  const { path, tried } = await readyTool(name);
  if (path !== null) return path;
  const version = await toolVersion(name);
  const target = cachedTool(name, version);
  const fault = await build(name, version, target, log);
  if (fault === null) return target;
  const lines = [
    `no ${name} ${version}, which ${TOOLS[name].purpose}:`,
    ...tried,
    `  go build: ${fault}`,
    await toolAdvice(name),
  ];
  throw new WorkbenchError(lines.join('\n'));
}

/** The same without building: `path` is null when none is at hand, and `tried` says where it was looked for. */
export async function readyTool(name: ToolName): Promise<{ path: string | null; tried: string[] }> {
  const version = await toolVersion(name);
  const { env } = TOOLS[name];
  const places: [string, string | undefined][] = [
    [env, process.env[env]],
    ['PATH', name],
    ['cache', cachedTool(name, version)],
  ];
  const tried: string[] = [];
  for (const [place, path] of places) {
    const fault = await misfit(path, version);
    if (path && fault === null) return { path, tried };
    tried.push(`  ${place}: ${fault}`);
  }
  return { path: null, tried };
}

/** How to get one. */
export async function toolAdvice(name: ToolName): Promise<string> {
  const version = await toolVersion(name);
  const ways = `Install ${name} ${version} and put it on PATH or name it in ${TOOLS[name].env}`;
  return `${ways}, or install Go, which builds it once (see policies/tools/${name}/go.mod).`;
}

/** Why this is not the tool, or null when it is. */
async function misfit(path: string | undefined, version: string): Promise<string | null> {
  if (!path) return 'not set';
  try {
    const { stdout } = await run(path, ['version'], { cwd: projectFile('policies') });
    const found = /^Version: +(\S+)/m.exec(stdout.toString('utf8'))?.[1] ?? 'unknown';
    return found === version ? null : `${path} is version ${found}`;
  } catch {
    return `${path} cannot be run`;
  }
}

/** Builds the pinned version; go.sum holds every byte of its source to a digest. Returns why it failed, or null. */
async function build(name: ToolName, version: string, target: string, log: Log): Promise<string | null> {
  const built = `${target}.${process.pid}`;
  const { source, versionVariable }: Tool = TOOLS[name];
  const flags = versionVariable === undefined ? [] : ['-ldflags', `-X ${versionVariable}=${version}`];
  log(`building ${name} with Go into ${dirname(target)}; this takes a minute or two, once`);
  try {
    await mkdir(dirname(target), { recursive: true });
    const env = { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' };
    const args = ['build', '-trimpath', ...flags, '-o', built, source];
    const { code, stderr } = await run('go', args, { cwd: folderOf(name), env });
    if (code !== 0) return stderr.trim() || `go ended with ${code}`;
    await rename(built, target);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await rm(built, { force: true });
  }
}

function folderOf(name: ToolName): string {
  return projectFile('policies', 'tools', name);
}
