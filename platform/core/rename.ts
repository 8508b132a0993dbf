import type { Knex } from 'knex';
import { packageOf } from './plan/entry.ts';
import type { Rekeying } from './plan/rekey.ts';

const under = (column: string): string => `case when ${column} = :from or starts_with(${column}, :from || '.')
  then :to || substr(${column}, length(:from) + 1) else ${column} end`;

/** Every row that holds a module's key, each with all its columns at once; modules first, because wiring looks them up. */
const UPDATES = [
  `update core.modules set key = :to where key = :from`,
  `update core.module_manifests set key = :to where key = :from`,
  `update core.module_permissions set key = ${under('key')}, module_key = :to where module_key = :from`,
  `update core.services set key = ${under('key')}, module_key = case when module_key is null then null else :to end
    where split_part(key, '.', 1) = :from`,
  `update core.owned_entities set module_key = :to where module_key = :from`,
  `update core.read_entities set reader_key = :to where reader_key = :from`,
  `update core.read_entities set owner_key = :to where owner_key = :from`,
  `update core.routes set
      id = ${under('id')},
      service_key = ${under('service_key')},
      path = '/api/' || :to || substr(path, length('/api/' || :from) + 1),
      module_key = ${under('module_key')},
      permission_key = ${under('permission_key')},
      entity = ${under('entity')}
    where split_part(id, '.', 1) = :from`,
  `update core.packages set key = :toPackage where key = :fromPackage`,
  `update core.package_modules set
      package_key = case package_key when :fromPackage then :toPackage else package_key end,
      module_key = case module_key when :from then :to else module_key end
    where package_key = :fromPackage or module_key = :from`,
  `update core.addons set key = :to where key = :from`,
  ...['addon_modules', 'addon_bases'].map(
    (table) => `update core.${table} set
      addon_key = case addon_key when :from then :to else addon_key end,
      module_key = case module_key when :from then :to else module_key end
    where addon_key = :from or module_key = :from`,
  ),
  `update core.company_subscriptions set package_key = :toPackage where package_key = :fromPackage`,
  `update core.company_addons set addon_key = :to where addon_key = :from`,
  `update auth.module_grants set module_key = :to where module_key = :from`,
  `update auth.permission_grants set permission_key = ${under('permission_key')}
    where starts_with(permission_key, :from || '.')`,
];

/**
 * Carries everything of a module over to its new key: permissions, routes, what it owns and is read for, what companies
 * bought and what people were granted. Triggers raise the versions and keep the history. Constraints must be deferred.
 */
export async function renameModule(trx: Knex, { from, to }: Rekeying): Promise<void> {
  const names = { from, to, fromPackage: packageOf(from), toPackage: packageOf(to) };
  for (const update of UPDATES) await trx.raw(update, names);
}
