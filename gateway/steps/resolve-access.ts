import type { AccessSource } from '../access/source.ts';
import { unavailable } from '../errors.ts';
import type { Step } from '../request/exchange.ts';

/** What is true of this user in this company. What cannot be read is a 503, never a guess. */
export function resolveAccess(source: AccessSource): Step {
  return (exchange) => {
    const { userId, companyId, bearer } = exchange;
    if (!userId || !companyId) return;
    const access = source.access(userId, companyId, bearer);
    if (!(access instanceof Promise)) {
      exchange.access = access;
      return;
    }
    return access.then(
      (it) => void (exchange.access = it),
      (cause) => {
        throw unavailable('access cannot be determined', cause);
      },
    );
  };
}
