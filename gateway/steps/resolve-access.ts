import { AtLeast } from '../access/at-least.ts';
import type { AccessSource } from '../access/source.ts';
import { Refusal, unavailable } from '../errors.ts';
import type { Exchange, Step } from '../request/exchange.ts';

/** What is true of this user in this company. What cannot be read is a 503, never a guess. */
export function resolveAccess(source: AccessSource): Step {
  const atLeast = new AtLeast(source);
  return (exchange) => {
    const access = ask(exchange);
    if (!(access instanceof Promise)) {
      exchange.access = access;
      return;
    }
    return access.then(
      (it) => void (exchange.access = it),
      (cause) => {
        if (cause instanceof Refusal) throw cause;
        throw unavailable('access cannot be determined', cause);
      },
    );
  };

  function ask({ userId, companyId, bearer, minVersion }: Exchange) {
    if (!userId) return undefined;
    if (!companyId) return bearer === undefined ? undefined : source.vouch?.(userId, bearer);
    return minVersion ? atLeast.access(minVersion, bearer) : source.access(userId, companyId, bearer);
  }
}
