import { actor } from '../actor.ts';
import type { Outcome } from '../outcome.ts';
import { perform } from '../operations/perform.ts';

/** Brings the catalog to what the module folders declare. Safe to repeat: what is right stays untouched. */
export async function apply(options: { as?: string }): Promise<Outcome> {
  const plan = await perform('apply-catalog', { actor: actor(options) });
  return { text: plan.changes.map(({ kind, module }) => `${kind} ${module}`).join('\n'), data: plan };
}
