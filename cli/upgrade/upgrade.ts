import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../../modules/manifest/manifest.ts';
import { CliError, EXIT } from '../errors.ts';
import { whenMissing } from '../home.ts';
import { lockFiles, readBase, readLock } from '../scaffold/lock.ts';
import { renderModule, type RenderedFile } from '../scaffold/render.ts';
import type { Template } from '../scaffold/template.ts';
import type { Write } from './journal.ts';
import type { OnConflict } from './merge.ts';
import { pathsOf, planUpgrade, type UpgradePlan } from './plan.ts';

export interface UpgradeOptions {
  template: Template;
  onConflict: OnConflict;
  /** Takes over a module that no template made: what it has stays, what it lacks comes. */
  adopt?: boolean;
}

export interface ModuleUpgrade extends UpgradePlan {
  key: string;
  folder: string;
  /** Version of the template it was made by; `null`: by none. */
  from: string | null;
  to: string;
}

/**
 * What the template of today would change in the module of a folder. Writes nothing.
 * Throws CliError 4 for a module that no template made, unless it is adopted.
 */
export async function upgradeOf(
  manifest: Manifest,
  folder: string,
  { template, onConflict, adopt = false }: UpgradeOptions,
): Promise<ModuleUpgrade> {
  const { key } = manifest;
  const rendered = renderModule(manifest, await readFile(join(folder, 'module.yaml'), 'utf8'), template);
  const lock = await readLock(folder);
  const known = await readBase(folder);
  if (!(lock && known) && !adopt) throw notMade(key);
  const files = await textsOf(folder, pathsOf(known ?? [], rendered));
  const plan = planUpgrade({ base: known ?? adopted(rendered, files), files }, rendered, onConflict);
  return {
    ...plan,
    writes: [...plan.writes, ...(await lockWrites(folder, rendered, template))].filter(isChange),
    key,
    folder,
    from: lock?.generator.version ?? null,
    to: template.version,
  };
}

/** What an adopted module has counts as edited on purpose, but for what is only ever derived from its manifest. */
function adopted(rendered: RenderedFile[], files: ReadonlyMap<string, string>): RenderedFile[] {
  return rendered
    .filter(({ path }) => files.has(path))
    .map((file) => (file.class === 'managed' ? { ...file, content: files.get(file.path)! } : file));
}

/** Last of all, because they say that the others are done. */
async function lockWrites(folder: string, rendered: RenderedFile[], template: Template): Promise<Write[]> {
  const files = lockFiles(rendered, template);
  const texts = await textsOf(folder, pathsOf(files));
  return files.map(({ path, content }) => ({ path, before: texts.get(path) ?? null, after: content }));
}

async function textsOf(folder: string, paths: string[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const path of paths) {
    const text = await readFile(join(folder, path), 'utf8').catch(whenMissing);
    if (text !== undefined) texts.set(path, text);
  }
  return texts;
}

function isChange({ before, after }: Write): boolean {
  return before !== after;
}

function notMade(key: string): CliError {
  return new CliError(
    EXIT.precondition,
    `${key} was not made by the template: kisum-cli module upgrade ${key} --adopt takes it over, keeping what it has`,
  );
}
