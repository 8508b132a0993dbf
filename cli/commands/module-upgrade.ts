import { createTwoFilesPatch } from 'diff';
import pc from 'picocolors';
import { discoverManifests, type DiscoveredManifest } from '../../modules/manifest/discover.ts';
import { projectFile } from '../../policies/root.ts';
import { renewTypes } from '../catalog/types.ts';
import { columns } from '../columns.ts';
import { CliError, EXIT } from '../errors.ts';
import type { Outcome } from '../outcome.ts';
import { readLock } from '../scaffold/lock.ts';
import { loadTemplate } from '../scaffold/template.ts';
import { recover, unfinished, writeAll } from '../upgrade/journal.ts';
import type { OnConflict } from '../upgrade/merge.ts';
import { upgradeOf, type ModuleUpgrade } from '../upgrade/upgrade.ts';
import { didYouMean } from '../nearest.ts';

export interface UpgradeFlags {
  all?: boolean;
  adopt?: boolean;
  dryRun?: boolean;
  onConflict: string;
  continue?: boolean;
  abort?: boolean;
}

const POLICIES: OnConflict[] = ['abort', 'inline', 'ours', 'theirs'];

/** How modules stand to the template: by which version they were made, and what an upgrade would change. */
export async function status(keys: string[], { check = false }: { check?: boolean }): Promise<Outcome> {
  const template = loadTemplate();
  const rows = [];
  for (const { manifest, folder } of chosen(keys)) {
    const { key } = manifest;
    if (await unfinished(folder)) rows.push({ key, state: 'interrupted' as const });
    else if (!(await readLock(folder))) rows.push({ key, state: 'unmade' as const });
    else
      rows.push({
        state: 'made' as const,
        ...(await upgradeOf(manifest, folder, { template, onConflict: 'inline' })),
      });
  }
  const lines = rows.map((row) => {
    if (row.state === 'interrupted')
      return [row.key, 'an upgrade was interrupted: upgrade --continue or --abort'];
    if (row.state === 'unmade') return [row.key, 'not made by the template: upgrade --adopt takes it over'];
    return [row.key, describe(row)];
  });
  const pending = rows.some((row) => row.state !== 'made' || row.writes.length > 0);
  return {
    text: columns(lines),
    data: rows.map((row) => (row.state === 'made' ? { state: row.state, ...summary(row) } : row)),
    examined: { modules: rows.length },
    exitCode: check && pending ? EXIT.pending : EXIT.ok,
  };
}

/** Brings modules to the template of today, by a three-way merge that loses no edit. Everything of a module, or nothing. */
export async function upgrade(keys: string[], flags: UpgradeFlags): Promise<Outcome> {
  const onConflict = policyNamed(flags.onConflict);
  if (keys.length === 0 && !flags.all) throw new CliError(EXIT.usage, 'say which modules, or --all');
  const modules = chosen(keys);
  if (flags.continue || flags.abort) return recoverAll(modules, flags.continue ? 'after' : 'before');

  const template = loadTemplate();
  const upgrades = [];
  for (const { manifest, folder } of modules) {
    upgrades.push(await upgradeOf(manifest, folder, { template, onConflict, adopt: flags.adopt ?? false }));
  }
  const conflicts = upgrades.flatMap(({ key, conflicts }) => conflicts.map((path) => `${key}/${path}`));
  if (flags.dryRun)
    return { ...outcomeOf(upgrades), text: upgrades.map(patchOf).join('') || 'nothing to do' };
  if (conflicts.length > 0 && onConflict === 'abort') {
    throw new CliError(
      EXIT.conflict,
      `nothing was written: both sides changed ${conflicts.join(', ')}; ` +
        'say --on-conflict inline (marks in the files), ours or theirs',
    );
  }
  for (const { folder, writes } of upgrades) await writeAll(folder, writes);
  await renewTypes(projectFile());
  const unresolved = onConflict === 'inline' ? conflicts : [];
  const marks = unresolved.map((file) => `resolve the marks in ${file}`);
  return {
    ...outcomeOf(upgrades),
    text: [columns(upgrades.map((it) => [it.key, describe(it)])), ...marks].join('\n'),
    exitCode: unresolved.length > 0 ? EXIT.conflict : EXIT.ok,
  };
}

async function recoverAll(modules: DiscoveredManifest[], direction: 'after' | 'before'): Promise<Outcome> {
  const open = [];
  for (const module of modules) if (await unfinished(module.folder)) open.push(module);
  if (open.length === 0) throw new CliError(EXIT.precondition, 'no upgrade was interrupted');
  for (const { folder } of open) await recover(folder, direction);
  const keys = open.map(({ manifest }) => manifest.key);
  const done = direction === 'after' ? 'ended' : 'taken back';
  return { text: keys.map((key) => `${key}: the interrupted upgrade is ${done}`).join('\n'), data: keys };
}

function chosen(keys: string[]): DiscoveredManifest[] {
  const modules = discoverManifests().filter(({ manifest }) => manifest.type !== 'system');
  const known = modules.map(({ manifest }) => manifest.key);
  const wrong = keys.filter((key) => !known.includes(key));
  if (wrong.length > 0) {
    const hints = wrong.map((key) => `there is no module ${key}${didYouMean(key, known)}`);
    throw new CliError(EXIT.usage, hints.join('\n'));
  }
  return keys.length === 0 ? modules : modules.filter(({ manifest }) => keys.includes(manifest.key));
}

function policyNamed(name: string): OnConflict {
  const policy = POLICIES.find((known) => known === name);
  if (!policy) throw new CliError(EXIT.usage, `--on-conflict is one of ${POLICIES.join(', ')}`);
  return policy;
}

function outcomeOf(upgrades: ModuleUpgrade[]): Pick<Outcome, 'data' | 'examined'> {
  return { data: upgrades.map(summary), examined: { modules: upgrades.length } };
}

function summary({ key, from, to, writes, conflicts, merged }: ModuleUpgrade) {
  return { key, from, to, files: writes.map(({ path }) => path), conflicts, merged };
}

function describe({ from, to, writes, conflicts, merged }: ModuleUpgrade): string {
  const version = from === to ? to : `${from ?? 'none'} → ${to}`;
  if (writes.length === 0) return `${version}  ${pc.dim('current')}`;
  const parts = [`${writes.length} files`, merged.length > 0 && `${merged.length} merged`];
  if (conflicts.length > 0) parts.push(pc.red(`${conflicts.length} in conflict`));
  return `${version}  ${parts.filter(Boolean).join(', ')}`;
}

function patchOf({ key, writes }: ModuleUpgrade): string {
  return writes
    .filter(({ path }) => !path.startsWith('.kisum/'))
    .map(({ path, before, after }) =>
      createTwoFilesPatch(`${key}/${path}`, `${key}/${path}`, before ?? '', after ?? ''),
    )
    .join('');
}
