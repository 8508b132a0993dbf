import type { Knex } from 'knex';
import type { Manifest } from '../../modules/manifest/manifest.ts';
import { upsert } from '../database/write.ts';
import type { Difference } from './plan/differences.ts';
import { entryOf, type CatalogEntry, type Facts, type Part } from './plan/entry.ts';
import type { CatalogChange } from './plan/plan.ts';
import { CatalogRefused } from './plan/refused.ts';

/** One part of one module, gone (`after` null) or as it shall be. */
interface Change {
  mark: Difference['mark'];
  name: string;
  entry: CatalogEntry;
  after: Facts | null;
}

/**
 * Carries out what a plan says of the catalog's rows, for all modules at once: first everything that goes, so that it
 * is in nobody's way, then everything that comes. Constraints must be deferred.
 */
export async function writeParts(
  trx: Knex,
  changes: readonly CatalogChange[],
  manifests: readonly Manifest[],
): Promise<void> {
  const entries = manifests.map(entryOf);
  const of = (part: Part, ...marks: Difference['mark'][]): Change[] =>
    changes.flatMap(({ uid, what }) => {
      const entry = entries.find((it) => it.uid === uid)!;
      return what
        .filter((it) => it.part === part && marks.includes(it.mark))
        .map(({ mark, name }) => ({ mark, name, entry, after: entry.parts[part][name] ?? null }));
    });
  const names = (list: Change[]): string[] => list.map(({ name }) => name);

  // Nothing hangs on routes and entities, so one that changes is taken away and comes back.
  await trx('core.routes')
    .whereIn('id', names(of('route', '-', '~')))
    .delete();
  await trx('core.owned_entities')
    .whereIn('key', of('entity', '-', '~').map(entityKey))
    .delete();
  for (const { name, entry } of of('read', '-'))
    await trx('core.read_entities').where(read(name, entry)).delete();
  await trx('core.module_permissions')
    .whereIn('key', names(of('permission', '-')))
    .delete();
  await trx('core.services')
    .whereIn('key', names(of('service', '-')))
    .delete();
  for (const { name } of of('sale', '-')) await withdraw(trx, name);

  await upsert(trx, 'core.modules', ['key'], touchedModules(changes, entries, manifests));
  await upsert(
    trx,
    'core.services',
    ['key'],
    of('service', '+').map(({ name, entry }) => ({ key: name, module_key: moduleOf(entry) })),
  );
  await upsert(
    trx,
    'core.module_permissions',
    ['key'],
    of('permission', '+', '~').map(({ name, entry, after }) => ({
      key: name,
      module_key: entry.key,
      ...after,
    })),
  );
  await upsert(
    trx,
    'core.owned_entities',
    ['module_key', 'entity'],
    of('entity', '+', '~').map(({ name, entry, after }) => ({
      module_key: entry.key,
      entity: name,
      ...after,
    })),
  );
  await upsert(
    trx,
    'core.read_entities',
    ['reader_key', 'owner_key', 'entity'],
    of('read', '+').map(({ name, entry }) => read(name, entry)),
  );
  await upsert(trx, 'core.routes', ['id'], of('route', '+', '~').map(routeRow));
  for (const { name, entry, after } of of('sale', '+', '~')) await sell(trx, name, entry, after!);
}

function touchedModules(
  changes: readonly CatalogChange[],
  entries: CatalogEntry[],
  manifests: readonly Manifest[],
): Record<string, unknown>[] {
  const touched = new Set(changes.map(({ uid }) => uid));
  return entries
    .filter(({ uid, type }) => type !== 'system' && touched.has(uid))
    .map(({ uid, key, type }) => {
      const { title, purpose } = manifests.find((it) => it.uid === uid)!;
      return { key, type, title, purpose, uid };
    });
}

const moduleOf = ({ type, key }: CatalogEntry): string | null => (type === 'system' ? null : key);
const entityKey = ({ name, entry }: Change): string => `${entry.key}.${name}`;

function read(name: string, { key }: CatalogEntry): Record<string, unknown> {
  const [owner_key, entity] = name.split('.');
  return { reader_key: key, owner_key, entity };
}

function routeRow({ name, after }: Change): Record<string, unknown> {
  const { service, method, path, access, module, permission, entity, headers } = after!;
  return {
    id: name,
    service_key: service,
    method,
    path,
    access,
    module_key: module ?? null,
    permission_key: permission ?? null,
    entity: entity ?? null,
    headers,
  };
}

/** `package basic_venue` holds its one base module; `add-on finance` its module, and the bases it is sold with. */
async function sell(trx: Knex, name: string, { key }: CatalogEntry, { title, bases }: Facts): Promise<void> {
  const [kind, product] = split(name);
  if (kind === 'package') {
    await upsert(trx, 'core.packages', ['key'], [{ key: product, title }]);
    const wiring = [{ package_key: product, module_key: key }];
    return upsert(trx, 'core.package_modules', ['package_key', 'module_key'], wiring);
  }
  await upsert(trx, 'core.addons', ['key'], [{ key: product, title }]);
  const wiring = [{ addon_key: product, module_key: key }];
  await upsert(trx, 'core.addon_modules', ['addon_key', 'module_key'], wiring);
  const soldWith = bases as string[];
  await trx('core.addon_bases').where({ addon_key: product }).whereNotIn('module_key', soldWith).delete();
  const rows = soldWith.map((base) => ({ addon_key: product, module_key: base }));
  await upsert(trx, 'core.addon_bases', ['addon_key', 'module_key'], rows);
}

/** What a company ever bought stays on its books, so it cannot be taken out of the catalog. */
async function withdraw(trx: Knex, name: string): Promise<void> {
  const [kind, product] = split(name);
  const [table, bought, column] =
    kind === 'package'
      ? ['core.packages', 'core.company_subscriptions', 'package_key']
      : ['core.addons', 'core.company_addons', 'addon_key'];
  const buyer: unknown = await trx(bought)
    .where({ [column]: product })
    .first('company_id');
  if (buyer)
    throw new CatalogRefused(
      `${name} cannot be withdrawn: companies bought it; give the module of the new type a uid and key of its own`,
    );
  await trx(table).where({ key: product }).delete();
}

function split(name: string): [kind: string, product: string] {
  const [kind = '', product = ''] = name.split(' ');
  return [kind, product];
}
