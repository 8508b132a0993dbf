import type { DecisionInput, Layer, Reason, Remedy } from '../../policies/contract.ts';
import type { PolicyEngine } from '../../policies/engine/engine.ts';

/** One question, answered in every way the policy can. */
export interface Judgement {
  revision: string;
  allow: boolean;
  reasons: Reason[];
  /** All of them, whoever may see them. */
  remedies: Remedy[];
  layers: Layer[];
}

/** Always asked of the engine: nothing here was remembered from before. */
export function judge(engine: PolicyEngine, input: DecisionInput): Judgement {
  const { allow, reasons } = engine.explain(input);
  const { revision } = engine;
  return { revision, allow, reasons, remedies: engine.remedies(input), layers: engine.layers(input) };
}
