import type { DecisionLog } from '../decision-log/decision-log.ts';
import type { Step } from '../request/exchange.ts';

/** Logs the decision as soon as it is made: whatever becomes of the request, it was decided. */
export function logDecision({ decisionLog }: { decisionLog: DecisionLog | undefined }): Step {
  return (exchange) => decisionLog?.write(exchange);
}
