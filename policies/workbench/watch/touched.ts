/** What a change reaches: from files to packages, to the packages that read them, to the questions they answer. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ENTRYPOINTS, type Entrypoint } from '../../engine/entrypoints.ts';
import { CAPABILITIES_FILE, LOCK_FILE, readLock, ruleFiles, sourceDigests } from '../../engine/lock.ts';
import { packageOf } from '../finding.ts';

export interface Touched {
  /** Sources that are not the committed bundle's, from `policies/`: changed, new or gone. */
  files: string[];
  /** Packages those files are. */
  packages: string[];
  /** Packages that read them, near or far. */
  dependants: string[];
  /** What may be answered otherwise. */
  entrypoints: Entrypoint[];
}

/** Compares the sources with the lock beside them. */
export async function touchedSince(policies: string): Promise<Touched> {
  const lock = readLock(await readFile(join(policies, 'bundle', LOCK_FILE)));
  const now = await sourceDigests(policies);
  const names = new Set([...Object.keys(lock.sources), ...Object.keys(now)]);
  const files = [...names].filter((name) => lock.sources[name] !== now[name]).sort();
  return { files, ...reached(files, await packageGraph(policies, files)) };
}

/** Package → packages it may read. */
export type PackageGraph = Map<string, Set<string>>;

/** @param files that changed, from `policies/` */
export function reached(files: string[], graph: PackageGraph): Omit<Touched, 'files'> {
  // What a rule may call decides every rule.
  const packages = files.includes(CAPABILITIES_FILE)
    ? [...graph.keys()]
    : [...new Set(files.map(packageOf))].sort();
  const all = new Set(packages);
  for (let before = -1; before !== all.size;) {
    before = all.size;
    for (const [name, reads] of graph) if ([...reads].some((it) => all.has(it))) all.add(name);
  }
  return {
    packages,
    dependants: [...all].filter((name) => !packages.includes(name)).sort(),
    entrypoints: Object.values(ENTRYPOINTS).filter((it) => all.has(packageOf(it))),
  };
}

/**
 * Read from the text: every `data.…` that begins with a package's name, or with which one begins, counts as read. That
 * finds too much rather than too little; a test holds it against `opa deps`.
 * @param gone files that may be there no more, and whose packages may still be read
 */
export async function packageGraph(policies: string, gone: string[] = []): Promise<PackageGraph> {
  const files = await ruleFiles(policies);
  const names = [...new Set([...files, ...gone].map(packageOf))];
  const graph: PackageGraph = new Map(names.map((name) => [name, new Set<string>()]));
  for (const file of files) {
    const read = await packagesRead(join(policies, file), names);
    for (const name of read) if (name !== packageOf(file)) graph.get(packageOf(file))!.add(name);
  }
  return graph;
}

/** Texts and comments read nothing; what they stand for in `data["a"]` is then read as a whole. */
const SILENT = /"(?:\\.|[^"\\])*"|`[^`]*`|#[^\n]*/g;

async function packagesRead(file: string, names: string[]): Promise<string[]> {
  const text = (await readFile(file, 'utf8')).replaceAll(SILENT, '');
  const paths = [...text.matchAll(/\bdata((?:\.\w+)*)/g)].map(([, path]) => path!.slice(1));
  return names.filter((name) => paths.some((path) => overlap(path, name)));
}

function overlap(path: string, name: string): boolean {
  return path === '' || `${path}.`.startsWith(`${name}.`) || `${name}.`.startsWith(`${path}.`);
}
