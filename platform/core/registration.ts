import type { Knex } from 'knex';
import type { Manifest, ManifestRoute } from '../../modules/manifest/manifest.ts';
import { upsert, write } from '../database/write.ts';

/**
 * Brings the catalog to what a module or system declares: adds, changes and takes away. What it declares already as it
 * stands is not touched, so registering twice raises no version. Base URLs of services are left alone.
 * Owners are registered before those who read from them. Throws `RefusedByDatabase`.
 */
export async function registerManifest(
  db: Knex,
  manifest: Manifest,
  routes: readonly ManifestRoute[],
  permissions: readonly { key: string; title: string }[],
  actor = 'system:registration',
): Promise<void> {
  const { key, type, title, purpose, uid, owns } = manifest;
  const module = type === 'system' ? null : key;
  const reads = manifest.reads.map(({ entity }) => {
    const [owner_key, name] = entity.split('.');
    return { reader_key: key, owner_key, entity: name };
  });
  await write(db, actor, async (trx) => {
    const ofThis =
      (column: string): Knex.QueryCallback =>
      (query) => {
        void query.whereRaw(`split_part(${column}, '.', 1) = ?`, [key]);
      };
    const names = (list: readonly { key: string }[]): string[] => list.map((one) => one.key);
    if (type !== 'system') await upsert(trx, 'core.modules', ['key'], [{ key, type, title, purpose, uid }]);
    await upsert(
      trx,
      'core.services',
      ['key'],
      manifest.services.map((service) => ({ key: service, module_key: module })),
    );
    await upsert(
      trx,
      'core.module_permissions',
      ['key'],
      permissions.map((permission) => ({ key: permission.key, module_key: key, title: permission.title })),
    );
    // What goes, goes before what it points to, and before what may take its place.
    await trx('core.routes')
      .where(ofThis('id'))
      .whereNotIn(
        'id',
        routes.map(({ id }) => id),
      )
      .delete();
    await trx('core.read_entities')
      .where({ reader_key: key })
      .whereNotIn(
        trx.raw(`owner_key || '.' || entity`) as unknown as string,
        manifest.reads.map(({ entity }) => entity),
      )
      .delete();
    await upsert(
      trx,
      'core.owned_entities',
      ['module_key', 'entity'],
      owns.map(({ entity, plural, shared }) => ({ module_key: key, entity, plural, shared })),
    );
    await upsert(trx, 'core.read_entities', ['reader_key', 'owner_key', 'entity'], reads);
    await upsert(trx, 'core.routes', ['id'], routes.map(rowOf));
    await trx('core.owned_entities')
      .where({ module_key: key })
      .whereNotIn(
        'entity',
        owns.map(({ entity }) => entity),
      )
      .delete();
    await trx('core.module_permissions')
      .where({ module_key: key })
      .whereNotIn('key', names(permissions))
      .delete();
    await trx('core.services').where(ofThis('key')).whereNotIn('key', manifest.services).delete();
  });
}

/**
 * Puts a registered module on sale: a base module as package `basic_<key>`, an add-on module as add-on `<key>`, sold
 * with the bases its manifest names, or with every base. Throws `RefusedByDatabase`.
 */
export async function sellModule(db: Knex, manifest: Manifest, actor = 'system:registration'): Promise<void> {
  const { key, type, title, soldWith = [] } = manifest;
  if (type === 'system')
    throw new Error(`${key} is a system outside the commercial catalog: it is not sold.`);
  await write(db, actor, async (trx) => {
    if (type === 'base') {
      await upsert(trx, 'core.packages', ['key'], [{ key: `basic_${key}`, title }]);
      await upsert(
        trx,
        'core.package_modules',
        ['package_key', 'module_key'],
        [{ package_key: `basic_${key}`, module_key: key }],
      );
      return;
    }
    await upsert(trx, 'core.addons', ['key'], [{ key, title }]);
    await upsert(
      trx,
      'core.addon_modules',
      ['addon_key', 'module_key'],
      [{ addon_key: key, module_key: key }],
    );
    await trx('core.addon_bases').where({ addon_key: key }).whereNotIn('module_key', soldWith).delete();
    const bases = soldWith.map((base) => ({ addon_key: key, module_key: base }));
    await upsert(trx, 'core.addon_bases', ['addon_key', 'module_key'], bases);
  });
}

/** Where a service is reached: `http(s)://host:port`, or `null` when it is not running anywhere. */
export async function setServiceUrl(
  db: Knex,
  service: string,
  baseUrl: string | null,
  actor: string,
): Promise<void> {
  await write(db, actor, async (trx) => {
    const found = await trx('core.services').where({ key: service }).update({ base_url: baseUrl });
    if (found === 0)
      throw new Error(`There is no service ${service}: register the module that declares it first.`);
  });
}

function rowOf(route: ManifestRoute): Record<string, unknown> {
  return {
    id: route.id,
    service_key: route.service,
    method: route.method,
    path: route.path,
    access: route.access,
    module_key: route.module ?? null,
    permission_key: route.permission ?? null,
    entity: route.entity ?? null,
    headers: route.headers,
  };
}
