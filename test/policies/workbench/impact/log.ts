import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { DecisionEvent, DecisionInput } from '../../../../policies/contract.ts';
import { catalogDigest, catalogLine } from '../../../../policies/decision-log/catalog.ts';
import type { RunnablePolicy } from '../../../../policies/engine/bundle.ts';
import { createEngine } from '../../../../policies/engine/engine.ts';
import { factsOf, type AccessSnapshot } from '../../../../policies/workbench/impact/snapshot.ts';

/** What a gateway logs when everybody in a snapshot asks for these routes once, a second apart. */
export async function decisions(
  policy: RunnablePolicy,
  { catalog, companies }: AccessSnapshot,
  routes: readonly string[],
): Promise<DecisionEvent[]> {
  const engine = await createEngine(policy, catalog, { warmUp: 0 });
  const digest = catalogDigest(catalog);
  const events: DecisionEvent[] = [];
  for (const company of companies) {
    for (const member of company.members) {
      for (const route of routes) {
        const access = factsOf(company, member);
        const input: DecisionInput = { route, authenticated: true, caller: null, access };
        events.push({
          decision_id: randomUUID(),
          timestamp: new Date(Date.UTC(2026, 4, 3, 0, 0, events.length)).toISOString(),
          path: 'kisum/decision/decision',
          input,
          result: engine.decide(input),
          bundles: { kisum: { revision: policy.revision } },
          catalog: { digest },
          labels: {},
          subject: { user_id: member.id, company_id: company.id },
        });
      }
    }
  }
  return events;
}

/** A log file of these decisions, its catalog first, as the gateway writes it but without seals. */
export function writeLog(file: string, { catalog }: AccessSnapshot, events: readonly object[]): void {
  const lines = events.map((event) => `${JSON.stringify(event)}\n`);
  writeFileSync(file, [catalogLine(catalog).text, ...lines].join(''));
}
