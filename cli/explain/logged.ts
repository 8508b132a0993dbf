import { readLogs } from '../../policies/decision-log/read.ts';
import type { CatalogData, DecisionEvent } from '../../policies/contract.ts';
import type { RunnablePolicy } from '../../policies/engine/bundle.ts';
import { createEngine } from '../../policies/engine/engine.ts';
import { CliError, EXIT } from '../errors.ts';
import { judge, type Judgement } from './judgement.ts';

/** A decision as it stands in a log. */
export interface Logged {
  event: DecisionEvent;
  /** What was sold and served when it was made; absent where the log does not hold it. */
  catalog: CatalogData | undefined;
}

/** Throws CliError 4 when no log has it. */
export async function findDecision(id: string, files: string[]): Promise<Logged> {
  const catalogs = new Map<string, CatalogData>();
  let decisions = 0;
  for await (const entry of readLogs(files)) {
    if (entry.kind === 'catalog') catalogs.set(entry.digest, entry.data);
    if (entry.kind !== 'event') continue;
    decisions += 1;
    const { event } = entry;
    if (event.decision_id === id) return { event, catalog: catalogs.get(event.catalog.digest) };
  }
  const where = files.join(', ');
  throw new CliError(EXIT.precondition, `none of the ${decisions} decisions in ${where} has the id ${id}`);
}

/** The logged facts, judged again on the logged catalog; `null` where the log lacks it. */
export async function judgeAsLogged(
  { event, catalog }: Logged,
  policy: RunnablePolicy,
): Promise<Judgement | null> {
  return catalog ? judge(await createEngine(policy, catalog, { warmUp: 0 }), event.input) : null;
}
