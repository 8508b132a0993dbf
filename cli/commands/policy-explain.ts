import { decisionLogs } from '../decision-logs.ts';
import { CliError, EXIT } from '../errors.ts';
import { findDecision, judgeAsLogged } from '../explain/logged.ts';
import { decisionText, nowText } from '../explain/report.ts';
import type { ExplainArgs, ExplainedAccess } from '../operations/explain-access.ts';
import { perform } from '../operations/perform.ts';
import type { Outcome } from '../outcome.ts';
import { policyInUse } from '../policy-in-use.ts';

export interface ExplainOptions {
  user?: string;
  company?: string;
  method: string;
  path?: string;
  log?: string[];
  policy?: string;
}

/** A request as it would be judged now, or a logged decision: as it was, and as it would be now. */
export async function explain(decisionId: string | undefined, options: ExplainOptions): Promise<Outcome> {
  return decisionId === undefined ? explainRequest(options) : explainDecision(decisionId, options);
}

async function explainRequest({ user, company, method, path }: ExplainOptions): Promise<Outcome> {
  if (!user || !company || !path) {
    throw new CliError(
      EXIT.usage,
      'say which request: --user, --company and --path (and --method), or the id of a logged decision',
    );
  }
  const route = { method, path };
  const report = await perform('explain-access', { user, company, route, caller: null, since: null });
  const asked = `${report.user.name} in ${report.company.name}: ${method.toUpperCase()} ${path}`;
  return {
    text: `${asked}\n\n${nowText(report)}`,
    data: report,
    examined: { layers: report.now.layers.length },
  };
}

async function explainDecision(id: string, { log, policy }: ExplainOptions): Promise<Outcome> {
  const logged = await findDecision(id, await decisionLogs(log));
  const { event } = logged;
  const then = await judgeAsLogged(logged, await policyInUse(policy));
  const { user_id: user, company_id: company } = event.subject;
  const { route, caller } = event.input;
  const since = event.timestamp;
  const report =
    user && company && route !== null
      ? await asItIsNow({ user, company, route: { id: route }, caller, since })
      : null;
  return {
    text: decisionText(event, then, report),
    data: { event, then, now: report },
    examined: { decisions: 1 },
  };
}

/** `null` when user or company are not known here any more. */
async function asItIsNow(args: ExplainArgs): Promise<ExplainedAccess | null> {
  return perform('explain-access', args).catch((error: Error) => {
    if (error instanceof CliError && error.exitCode === EXIT.usage) return null;
    throw error;
  });
}
