/** How large the full product is that the evaluated cells stand for. */
import type { CatalogData } from '../../contract.ts';
import { METHODS, MEMBERSHIPS, ROLES, callingModules } from './people.ts';
import { PERIODS } from './periods.ts';

/**
 * Cells of the catalog's full product: token × route × caller × membership × every state of every package and add-on,
 * none, one row or two of each, or judged by Auth × every set of grants; effective access for every role, and all
 * capabilities. Changes are left out: limits are lists of units without an end.
 */
export function cellsCovered(catalog: CatalogData): bigint {
  const { routes, packages, addons, modules, permissions } = catalog;
  const rows = 1 + PERIODS.length + (PERIODS.length * (PERIODS.length + 1)) / 2;
  const bought = big(rows) ** big(keys(packages) + keys(addons));
  const granted = 2n ** big(keys(modules) + keys(permissions));
  const members = big(MEMBERSHIPS.length) * (bought + 1n) * granted;
  const callers = big(1 + callingModules(catalog).length * METHODS.length * 2);
  const requests = 2n * big(keys(routes) + 2) * callers;
  return requests * (members + 1n) + members * big(ROLES.length + 1);
}

function keys(table: object): number {
  return Object.keys(table).length;
}

function big(number: number): bigint {
  return BigInt(number);
}
