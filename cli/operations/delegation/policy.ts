import type { Knex } from 'knex';
import { createEngine } from '../../../policies/engine/engine.ts';
import type { ChangePolicy } from '../../../platform/auth/delegation.ts';
import { readCatalog } from '../../../platform/core/catalog.ts';
import { policyInUse } from '../../policy-in-use.ts';

/** The policy in use, on the catalog that a transaction sees. */
export async function policyOfChanges(): Promise<(trx: Knex.Transaction) => Promise<ChangePolicy>> {
  const bundle = await policyInUse();
  return async (trx) => createEngine(bundle, (await readCatalog(trx)).data, { warmUp: 0 });
}
