import type { Outcome } from '../outcome.ts';
import { perform } from '../operations/perform.ts';

/** Registers every module folder in the catalog and migrates its schema. Safe to repeat: what is right stays untouched. */
export async function apply(): Promise<Outcome> {
  const keys = await perform('apply-catalog', {});
  return { text: keys.join('\n'), data: { modules: keys } };
}
