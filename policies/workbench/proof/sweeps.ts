/**
 * The domain, in sweeps. Each walks some dimensions in full while the others stand in representatives; together they
 * are what the dependency argument needs (docs/decisions/what-proved-means.md).
 */
import type { CatalogData } from '../../contract.ts';
import type { Block } from './block.ts';
import type { Size } from './dimensions.ts';
import { changes } from './sweep-changes.ts';
import { capabilities, resolved } from './sweep-capabilities.ts';
import { drawn } from './sweep-drawn.ts';
import { callers, calls, doors, memberships, permissions, roles, routes } from './sweep-people.ts';
import { foreignPeriods, foreignProducts, ownRows, periods, subscriptionRows } from './sweep-periods.ts';

export type { Size };

type Sweep = (catalog: CatalogData, size: Size) => Generator<Block>;

/** In the order in which faults show soonest. */
export const SWEEPS: Sweep[] = [
  routes,
  memberships,
  roles,
  resolved,
  capabilities,
  changes,
  periods,
  permissions,
  calls,
  doors,
  callers,
  subscriptionRows,
  ownRows,
  foreignPeriods,
  foreignProducts,
  drawn,
];

/** @param only names of sweeps; by default all */
export function* blocksOf(catalog: CatalogData, size: Size, only?: readonly string[]): Generator<Block> {
  for (const sweep of SWEEPS) if (only?.includes(sweep.name) ?? true) yield* sweep(catalog, size);
}
