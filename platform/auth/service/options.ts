import type { Knex } from 'knex';
import type { EffectiveAccess, EffectiveInput } from '../../../policies/contract.ts';
import type { AuthKeys } from '../keys.ts';
import type { TokenParties } from '../tokens.ts';

/** The part of the policy engine that this service needs. */
export interface EffectivePolicy {
  effective(input: EffectiveInput): EffectiveAccess;
}

export interface AuthServiceOptions extends TokenParties {
  db: Knex;
  keys: AuthKeys;
  /** What module secrets are made from. */
  internalApiKey: string;
  /** The engine on the present catalog. */
  engine(): EffectivePolicy | Promise<EffectivePolicy>;
  /** Told of what became a 503. */
  onError?(error: unknown): void;
}
