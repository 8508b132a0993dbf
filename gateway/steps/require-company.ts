import { readMinVersion } from '../../platform/min-version.ts';
import { invalid, Refusal } from '../errors.ts';
import type { Exchange, Step } from '../request/exchange.ts';
import type { Head } from '../request/head.ts';
import { UUID } from '../request/uuid.ts';

/**
 * The company in question, from `x-org` alone, and the oldest access that will do there. Only here, after the token,
 * is anything said of the target: a bad one (400), a missing or malformed `x-org` or `x-kisum-min-version` (400), no
 * such route (404), in this order. A redeemed ticket has named its company already.
 */
export function requireCompany({ versionSecret }: { versionSecret: string | undefined }): Step {
  return (exchange) => {
    const { match, head, targetRefusal } = exchange;
    if (targetRefusal) throw targetRefusal;
    if (match && match.route.access !== 'module') return;
    exchange.companyId ??= companyOf(head);
    if (head.minVersion !== undefined) exchange.minVersion = minVersionOf(exchange, versionSecret);
    if (!match && !exchange.action) throw new Refusal('not_found', 'no such route');
  };
}

/** @throws Refusal 400 */
export function companyOf({ org }: Head): string {
  if (org === undefined) throw invalid('x-org is missing: send the id of the active company');
  if (org === null || !UUID.test(org)) throw invalid('x-org must be one company id (a UUID)');
  return org.toLowerCase();
}

/** @throws Refusal 400 */
function minVersionOf({ head, userId, companyId }: Exchange, secret: string | undefined) {
  const min = secret && head.minVersion ? readMinVersion(secret, head.minVersion) : undefined;
  if (!min || min.userId !== userId || min.companyId !== companyId)
    throw invalid('x-kisum-min-version must be what a write returned for this user in this company');
  return min;
}
