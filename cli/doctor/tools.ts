import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { projectFile } from '../../policies/root.ts';
import { readyTool, toolAdvice, type ToolName } from '../../policies/workbench/tool.ts';
import { missing, ok, type Check } from './check.ts';

interface PackageJson {
  engines: { node: string };
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

/** Programs and packages this project runs on. */
export async function toolChecks(): Promise<Check[]> {
  const manifest = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as PackageJson;
  return [
    node(manifest.engines.node, process.versions.node),
    packages('packages', manifest.dependencies, true),
    packages('packages for development', manifest.devDependencies, false),
    program('git', 'not found: what changed in a module cannot be compared', 'install git'),
    await pinned('opa', 'only needed to change policies'),
    await pinned('regal', 'only needed to lint policies'),
    await postgres(),
  ];
}

/** @param range `>=20.19`, as in package.json */
export function node(range: string, version: string): Check {
  const [major = 0, minor = 0] = numbers(range);
  const [hasMajor = 0, hasMinor = 0] = numbers(version);
  const enough = hasMajor > major || (hasMajor === major && hasMinor >= minor);
  return enough
    ? ok('node', version)
    : missing('node', `${version}, needed is ${range}`, `install Node.js ${range} (nodejs.org)`);
}

const numbers = (text: string): number[] => (text.match(/\d+/g) ?? []).map(Number);

function packages(name: string, wanted: Record<string, string>, needed: boolean): Check {
  const names = Object.keys(wanted);
  const absent = names.filter((it) => !existsSync(projectFile('node_modules', it, 'package.json')));
  return absent.length === 0
    ? ok(name, `${names.length} installed`, needed)
    : missing(name, `not installed: ${absent.join(', ')}`, 'npm ci', needed);
}

function program(name: string, why: string, fix: string): Check {
  const file = onPath(name);
  return file ? ok(name, file, false) : missing(name, why, fix, false);
}

async function pinned(name: ToolName, need: string): Promise<Check> {
  const { path, tried } = await readyTool(name);
  if (path) return ok(name, path, false);
  return missing(name, [need, ...tried].join('\n'), await toolAdvice(name), false);
}

const DEBIAN = '/usr/lib/postgresql';

/** Only tests on a real server start one of their own. */
async function postgres(): Promise<Check> {
  const versions = await readdir(DEBIAN).catch(() => []);
  const installed = versions
    .map((version) => join(DEBIAN, version, 'bin', 'initdb'))
    .find((it) => existsSync(it));
  const file = onPath('initdb') ?? installed;
  if (file) return ok('PostgreSQL programs', file, false);
  const fix = 'apt-get install postgresql, or set TEST_DATABASE_URL';
  return missing('PostgreSQL programs', 'no initdb: tests on a real server are skipped', fix, false);
}

function onPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  return folders.flatMap((folder) => names.map((it) => join(folder, it))).find((file) => existsSync(file));
}
