import { Gauge, type Registry } from 'prom-client';
import type { PolicyKeeper } from './keeper.ts';
import type { ShadowKeeper } from './shadow-keeper.ts';

/** What there is to know about policies, read when it is asked for. */
export function watchPolicies(
  registry: Registry,
  { policies, shadow }: { policies: PolicyKeeper; shadow?: ShadowKeeper | undefined },
): void {
  const registers = [registry];
  const number = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  const labelled = (name: string, help: string, label: string, read: () => Record<string, number>) =>
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers,
      collect() {
        this.reset();
        for (const [value, count] of Object.entries(read())) this.set({ [label]: value }, count);
      },
    });
  const revisionOf = (revision: string | undefined) => (revision === undefined ? {} : { [revision]: 1 });

  labelled('kisum_policy_info', 'Revision of the policy in force', 'revision', () =>
    revisionOf(policies.inForce?.revision),
  );
  number(
    'kisum_policy_unconfirmed_seconds',
    'Time since the source was known to have what is in force',
    () => policies.unconfirmedMs / 1000,
  );
  number('kisum_policy_activations', 'Policies put in force since the start', () => policies.activations);
  number('kisum_policy_degraded', '1 while the newest policy could not be put in force', () =>
    Number(policies.failure !== undefined),
  );
  number('kisum_policy_pinned', '1 while an operator has rolled back', () => Number(policies.isPinned));
  if (!shadow) return;
  labelled('kisum_policy_shadow_info', 'Revision of the candidate in the shadow', 'revision', () =>
    revisionOf(shadow.revision),
  );
  labelled(
    'kisum_policy_shadow_decisions',
    'Decisions compared with the candidate, and those that were not',
    'outcome',
    () => ({ ...shadow.tally?.counts() }),
  );
  number(
    'kisum_policy_shadow_accepted_unseen',
    'Accepted changes nothing was seen of',
    () => shadow.tally?.acceptedUnseen ?? 0,
  );
}
