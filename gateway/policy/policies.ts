import { COMMITTED } from '../../policies/engine/place.ts';
import type { CatalogKeeper } from '../catalog/keeper.ts';
import type { GatewayConfig } from '../config.ts';
import type { Logger } from '../log.ts';
import { PolicyCache } from './cache.ts';
import { PolicyKeeper } from './keeper.ts';
import { ShadowKeeper } from './shadow-keeper.ts';
import { sourceAt } from './source-at.ts';

/**
 * Puts the first policy in force, and prepares the candidate that looks on, if one is configured.
 * @throws Error why there is no policy: the source's, when nothing kept could stand in
 */
export async function openPolicies(
  config: GatewayConfig,
  catalogs: CatalogKeeper,
  log: Logger,
): Promise<{ policies: PolicyKeeper; shadow: ShadowKeeper | undefined }> {
  const { POLICY_BUNDLE: place = COMMITTED, POLICY_CACHE: folder, POLICY_SHADOW: candidate } = config;
  const common = {
    trust: config.policyTrust,
    basis: () => (catalogs.loaded ? catalogs.current.version : undefined),
    pollMs: config.POLICY_POLL_MS,
    log,
  };
  const policies = new PolicyKeeper({
    ...common,
    source: sourceAt(place),
    cache: folder === undefined ? undefined : new PolicyCache(folder),
    activate: (bundle) => catalogs.usePolicy(bundle),
    maxStalenessMs: config.POLICY_MAX_STALENESS_MS,
  });
  await policies.open();
  if (candidate === undefined) return { policies, shadow: undefined };
  const useShadow = catalogs.useShadow.bind(catalogs);
  return { policies, shadow: new ShadowKeeper({ ...common, source: sourceAt(candidate), useShadow }) };
}
