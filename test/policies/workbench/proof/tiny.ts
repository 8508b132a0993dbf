import type { CatalogData } from '../../../../policies/contract.ts';
import { ODD_CATALOG } from '../../../../policies/workbench/proof/odd-catalog.ts';

/** A part of the catalog of odd things: two bases, one add-on, one route of each kind. */
export function tinyCatalog(): CatalogData {
  const { modules, packages, addons, permissions, routes, entities, reads } = ODD_CATALOG;
  return {
    modules: only(modules, 'hall', 'band', 'money'),
    packages: only(packages, 'basic_hall', 'basic_band'),
    addons: only(addons, 'money'),
    permissions: only(permissions, 'hall.room.view', 'band.song.view', 'money.bill.view'),
    routes: only(
      routes,
      'hall.room.list',
      'hall.room.create',
      'hall.plan.list',
      'band.song.list',
      'money.bill.list',
      'odd.unknown.access',
      'shop.cart.get',
      'shop.window.get',
    ),
    entities,
    reads: only(reads, 'money', 'hall'),
  };
}

function only<T>(table: Record<string, T>, ...keys: string[]): Record<string, T> {
  return Object.fromEntries(keys.map((key) => [key, table[key]!]));
}
