import { actor } from '../actor.ts';
import type { EntitlementResult } from '../operations/entitlements.ts';
import { perform } from '../operations/perform.ts';
import type { Outcome } from '../outcome.ts';
import { KIND, periodText } from './period.ts';
import { endOf } from './until.ts';

export interface EntitleOptions {
  until?: string;
  trial?: boolean;
  as?: string;
  /** A member who is to see it at once. */
  for?: string;
}

/** From now on the company has it as said: what runs already is changed to that. */
export async function entitle(company: string, item: string, options: EntitleOptions): Promise<Outcome> {
  const until = options.until === undefined ? null : endOf(options.until).toISOString();
  const args = { company, item, until, trial: options.trial ?? false, ...by(options) };
  return told(await perform('entitle', args));
}

/** From now on the company does not have it. */
export async function unentitle(
  company: string,
  item: string,
  options: Pick<EntitleOptions, 'as' | 'for'>,
): Promise<Outcome> {
  return told(await perform('unentitle', { company, item, ...by(options) }));
}

function by(options: Pick<EntitleOptions, 'as' | 'for'>) {
  return { actor: actor(options), reader: options.for ?? null };
}

function told(result: EntitlementResult): Outcome {
  const { company, kind, key, changed, before, after } = result;
  const now = after ? periodText(after) : 'not entitled';
  const was = changed && before ? ` (was ${periodText(before)})` : '';
  const text = `${company.name}: ${KIND[kind]} ${key} ${now}${changed ? was : ' (unchanged)'}`;
  return { text, data: result, notes: result.notes };
}
