import { Gauge, type Registry } from 'prom-client';
import type { DecisionLog } from './decision-log.ts';

/**
 * The account of every sink. One figure with all its states is read at once, so that within one answer of `/metrics`
 * accepted = written + waiting + all that was dropped.
 */
export function watchDecisionLog(registry: Registry, decisionLog: DecisionLog): void {
  const registers = [registry];
  new Gauge({
    name: 'kisum_decision_log_decisions',
    help: 'Decisions by sink and state: accepted = written + waiting + dropped_*',
    labelNames: ['sink', 'state'],
    registers,
    collect() {
      for (const { sink, accepted, written, waiting, dropped } of decisionLog.states) {
        const drops = Object.entries(dropped).map(([cause, count]) => [`dropped_${cause}`, count] as const);
        const states = { accepted, written, waiting, ...Object.fromEntries(drops) };
        for (const [state, count] of Object.entries(states)) this.set({ sink, state }, count);
      }
    },
  });
  new Gauge({
    name: 'kisum_decision_log_untreated',
    help: "Decisions logged with all erased that may be, because the log's policy could not be asked",
    registers,
    collect() {
      this.set(decisionLog.untreated);
    },
  });
  new Gauge({
    name: 'kisum_decision_log_checkpoint_failures',
    help: 'Checkpoints that could not be kept outside',
    registers,
    collect() {
      this.set(decisionLog.checkpointFailures);
    },
  });
}
