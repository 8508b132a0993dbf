import { posix } from 'node:path';
import { routesOf } from '../../../modules/manifest/derive.ts';
import type { Manifest } from '../../../modules/manifest/manifest.ts';
import type { Finding } from '../../outcome.ts';
import { loadReaders, readManifestOf, readModule, type Readers } from './read/module.ts';
import type { StaticRule } from './rule.ts';
import type { Located, ModuleFolder, ModuleSource } from './source.ts';

export interface StaticCheck {
  findings: Finding[];
  examined: Record<string, number>;
}

/**
 * Reads modules and holds every rule against them.
 * @param folders to be examined
 * @param all every module folder of the project, for what the modules must be together
 */
export async function checkStatic(
  folders: ModuleFolder[],
  all: ModuleFolder[],
  rules: StaticRule[],
): Promise<StaticCheck> {
  if (folders.length === 0) return { findings: [], examined: { modules: 0 } };
  const readers = await loadReaders();
  const modules = readModules(readers, folders, all);
  return {
    findings: modules.flatMap((module) => rules.flatMap((rule) => examine(rule, module))),
    examined: examinedOf(modules),
  };
}

export function readModules(readers: Readers, folders: ModuleFolder[], all: ModuleFolder[]): ModuleSource[] {
  const manifests = new Map(all.map((folder) => [folder.folder, readManifestOf(folder).manifest]));
  return folders.map((folder) => {
    const others = [...manifests].flatMap(([other, manifest]): Manifest[] =>
      manifest && other !== folder.folder ? [manifest] : [],
    );
    return readModule(readers, folder, others);
  });
}

/** Each fault of a module once. */
export function examine({ id, severity, fix, examine: look }: StaticRule, module: ModuleSource): Finding[] {
  const found = look(module).map((it): Finding => ({
    rule: id,
    severity,
    module: module.key,
    file: posix.join(module.folder, it.file),
    ...placeOf(module, it),
    message: it.message,
    fix,
  }));
  return [...new Map(found.map((it) => [JSON.stringify(it), it])).values()];
}

function placeOf({ files }: ModuleSource, { file, at }: Located): { line?: number; col?: number } {
  const text = files.get(file);
  if (text === undefined || at === undefined) return {};
  const before = text.slice(0, at).split('\n');
  return { line: before.length, col: before.at(-1)!.length + 1 };
}

/** What cannot be read is no part of it. Statements are asked for only where there are tables to make. */
function examinedOf(modules: ModuleSource[]): Record<string, number> {
  const count = (of: (module: ModuleSource) => number) =>
    modules.reduce((sum, module) => sum + of(module), 0);
  const hasData = modules.some(
    ({ manifest, sources }) => manifest && manifest.owns.length > 0 && sources.length > 0,
  );
  return {
    modules: modules.length,
    files: count(({ files, unread }) => files.size - unread.filter(({ file }) => files.has(file)).length),
    routes: count(({ manifest }) => (manifest ? routesOf(manifest).length : 0)),
    ...(hasData
      ? { statements: count(({ sources }) => sources.reduce((sum, it) => sum + it.statements.length, 0)) }
      : {}),
  };
}
