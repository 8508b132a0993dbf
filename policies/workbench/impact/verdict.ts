import { REASONS, type Reason } from '../../contract.ts';
import { isDecision } from '../../engine/answers.ts';

/** How a request ends: let through, refused for a reason, or 503 because the policy gave no answer. */
export type Verdict = 'allow' | 'failure' | Reason;

/** What a change of verdict is to whoever asks. */
export type Effect = 'loses' | 'gains' | 'other_reason';

export const VERDICTS: readonly Verdict[] = ['allow', 'failure', ...REASONS];

/** @param results what OPA answers with: one result, or it is no decision */
export function verdictOf(results: string): Verdict {
  const [only, ...others] = JSON.parse(results) as { result?: unknown }[];
  const decision = only?.result;
  if (others.length > 0 || !isDecision(decision)) return 'failure';
  return decision.reason ?? 'allow';
}

export function effectOf({ from, to }: { from: Verdict; to: Verdict }): Effect {
  if (from === 'allow') return 'loses';
  return to === 'allow' ? 'gains' : 'other_reason';
}
