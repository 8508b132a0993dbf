import type { Knex } from 'knex';
import { planCatalog as planManifests, type CatalogPlan } from '../../platform/core/plan/plan.ts';
import { readState } from '../../platform/core/plan/state.ts';
import { readCatalog } from '../../platform/core/catalog.ts';
import { exportOf, type CatalogExport } from '../catalog/export.ts';
import { declaredManifests } from '../catalog/declared.ts';
import type { Operation } from './platform.ts';

/** What applying the module folders would change. Changes nothing. */
export const planCatalog: Operation<Record<string, never>, CatalogPlan> = ({ db }) =>
  reading(db, async (trx) => planManifests(await readState(trx), declaredManifests()));

/** The catalog as the database holds it. */
export const exportCatalog: Operation<Record<string, never>, CatalogExport> = ({ db }) =>
  reading(db, async (trx) => exportOf(await readState(trx)));

/** Where the database says services are, and the version a running gateway should have. */
export const servedCatalog: Operation<
  Record<string, never>,
  { version: number; services: Record<string, string | null> }
> = ({ db }) =>
  reading(db, async (trx) => {
    const { version, services } = await readCatalog(trx);
    return { version, services };
  });

/** In a transaction that cannot write. */
function reading<T>(db: Knex, work: (trx: Knex) => Promise<T>): Promise<T> {
  return db.transaction(work, { readOnly: true });
}
