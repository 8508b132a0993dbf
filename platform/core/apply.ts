import type { Knex } from 'knex';
import { renameSchema } from '../../modules/kit/rename-schema.ts';
import type { Manifest } from '../../modules/manifest/manifest.ts';
import { write } from '../database/write.ts';
import { digestOf } from '../../policies/canonical.ts';
import { planCatalog, renamesOf, type CatalogChange, type CatalogPlan } from './plan/plan.ts';
import { CatalogRefused } from './plan/refused.ts';
import { entryOf } from './plan/entry.ts';
import { readState } from './plan/state.ts';
import { renameModule } from './rename.ts';
import { writeParts } from './write-parts.ts';

export interface ApplyOptions {
  actor: string;
  /** Of the plan that was looked at; another plan by now is refused. */
  digest?: string;
  /** Carries out changes that break somebody, too. */
  allowBreaking?: boolean;
  /** Makes a base module an add-on, or the other way round, too. */
  allowTypeChange?: boolean;
  /** uid → version of the template the module was made from. */
  templateVersions?: Readonly<Record<string, string>>;
  /** Called before anything is written, with a plan that may be carried out; what it throws leaves all as it was. */
  admitted?: () => Promise<void>;
  /** Kept beside every change. */
  cliVersion?: string;
}

/**
 * Brings the catalog to what the manifests declare: all modules in one transaction, one applier at a time, each change
 * in `core.catalog_events`. What is right already is not touched, so a second time changes nothing and raises no version.
 * Returns the plan that was carried out. Throws {@link CatalogRefused} or `RefusedByDatabase`; then nothing was changed.
 */
export async function applyCatalog(
  db: Knex,
  manifests: readonly Manifest[],
  options: ApplyOptions,
): Promise<CatalogPlan> {
  return write(db, options.actor, async (trx) => {
    await trx.raw(`select pg_advisory_xact_lock(hashtext('kisum catalog'))`);
    const state = await readState(trx);
    const plan = planCatalog(state, manifests);
    admit(plan, options);
    await options.admitted?.();
    if (plan.changes.length === 0) return plan;

    await trx.raw('set constraints all deferred');
    const renames = renamesOf(state.entries, manifests.map(entryOf));
    for (const rename of renames) await renameModule(trx, rename);
    await writeParts(trx, plan.changes, manifests);
    await stamp(trx, plan.changes, manifests, options);
    await record(trx, plan, options);
    // What the changes left pointing nowhere is refused here, and not only at the commit.
    await trx.raw('set constraints all immediate');
    for (const { from, to } of renames) {
      await renameSchema(
        trx,
        from,
        manifests.find(({ key }) => key === to)!,
      );
    }
    return plan;
  });
}

/** Throws {@link CatalogRefused} where a plan is stale, impossible, or breaks what nobody allowed it to break. */
function admit({ digest, obstacles, changes }: CatalogPlan, options: ApplyOptions): void {
  if (options.digest !== undefined && options.digest !== digest)
    throw new CatalogRefused(
      'stale plan: the manifests or the database changed since it was made; make a new one with "kisum-cli catalog plan" and look at it',
    );
  if (obstacles.length > 0) throw new CatalogRefused(obstacles.join('\n'));
  const retyped = changes.filter(({ kind }) => kind === 'retype');
  const broken = changes.filter(({ kind, breaking }) => kind !== 'retype' && breaking.length > 0);
  const refused = [
    ...(options.allowTypeChange ? [] : refusals(retyped, '--allow-type-change')),
    ...(options.allowBreaking ? [] : refusals(broken, '--allow-breaking')),
  ];
  if (refused.length > 0) throw new CatalogRefused(refused.join('\n'));
}

function refusals(changes: CatalogChange[], flag: string): string[] {
  const why = changes.flatMap(({ module, breaking }) => breaking.map((it) => `  ${module}: ${it}`));
  return why.length > 0 ? [`this breaks what is in use; if it is meant, add ${flag}:`, ...why] : [];
}

/** Keeps each changed module's manifest, and that an orphan has lost its own. */
async function stamp(
  trx: Knex,
  changes: CatalogChange[],
  manifests: readonly Manifest[],
  { actor, cliVersion = 'none', templateVersions = {} }: ApplyOptions,
): Promise<void> {
  const touched = new Set(changes.map(({ uid }) => uid));
  const common = { applied_by: actor, cli_version: cliVersion, applied_at: trx.fn.now() };
  const rows = manifests
    .filter(({ uid }) => touched.has(uid))
    .map((manifest) => ({
      uid: manifest.uid,
      key: manifest.key,
      type: manifest.type,
      manifest: JSON.stringify(manifest),
      manifest_sha256: digestOf(manifest),
      template_version: templateVersions[manifest.uid] ?? null,
      status: 'active',
      ...common,
    }));
  if (rows.length > 0) await trx('core.module_manifests').insert(rows).onConflict('uid').merge();
  for (const { kind, uid, module } of changes) {
    if (kind !== 'orphan') continue;
    const type = trx('core.modules').where({ uid }).select('type');
    // One from before manifests were kept has no row yet.
    await trx('core.module_manifests')
      .insert({ uid, key: module, type, status: 'orphaned', ...common })
      .onConflict('uid')
      .merge(['status', 'applied_by', 'applied_at', 'cli_version']);
  }
}

async function record(
  trx: Knex,
  { changes, digest }: CatalogPlan,
  { cliVersion = 'none' }: ApplyOptions,
): Promise<void> {
  const rows = changes.map(({ uid, module, kind, ...detail }) => ({
    uid,
    module,
    kind,
    detail: JSON.stringify(detail),
    plan_digest: digest,
    cli_version: cliVersion,
  }));
  await trx('core.catalog_events').insert(rows);
}
