import { generateAssertionKeys } from '../../gateway/assertion/keys.ts';
import type { Outcome } from '../outcome.ts';
import { perform } from '../operations/perform.ts';

/** A new signing key for the local Auth service; tokens of the old one stay valid unless it is dropped. */
export async function rotate({ dropOld = false }: { dropOld?: boolean }): Promise<Outcome> {
  const kid = await perform('rotate-keys', { dropOld });
  return { text: kid, data: { kid } };
}

/** A value for ASSERTION_KEYS. */
export async function generate(): Promise<Outcome> {
  const jwks = await generateAssertionKeys();
  return { text: jwks, data: JSON.parse(jwks) as unknown };
}
