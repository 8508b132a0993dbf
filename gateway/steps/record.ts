import { AllowedLines } from '../allowed-lines.ts';
import { Refusal } from '../errors.ts';
import { Cut } from '../leases/transfer.ts';
import type { Result } from '../metrics.ts';
import type { Parts } from '../parts.ts';
import type { Exchange } from '../request/exchange.ts';
import { BrokenTransfer, ClientGone } from '../upstream/relay.ts';

/** The one log line and the metrics of a request, whatever became of it. */
export function record(parts: Pick<Parts, 'log' | 'logsRequests' | 'metrics' | 'clientAddress'>) {
  const { log, logsRequests, metrics, clientAddress } = parts;
  const allowedLines = new AllowedLines(log);

  return (exchange: Exchange): void => {
    const { res, match, refusal, access, subject, fault } = exchange;
    const result = resultOf(exchange);
    const ms = performance.now() - exchange.startedAt;
    const latencyMs = Math.round(ms * 1000) / 1000;
    metrics.observe(match?.route.id ?? exchange.action ?? 'none', result, refusal, ms / 1000);
    if (fault instanceof Cut) metrics.cut(fault.kind, fault.refusal);
    if (!logsRequests && result !== 'failed') return;
    const client = clientAddress(exchange);
    if (result === 'allowed' && match && access && subject?.kind === 'user' && client) {
      allowedLines.write(exchange, access, { client, status: res.statusCode, latencyMs });
    } else {
      const line = lineOf(exchange, { result, client, latencyMs });
      if (result === 'failed') log.warn(line);
      else log.info(line);
    }
  };
}

function lineOf(
  exchange: Exchange,
  known: { result: Result; client: string | undefined; latencyMs: number },
) {
  const { req, res, match, target, catalog, refusal, subject, access } = exchange;
  return {
    userId: exchange.userId,
    companyId: exchange.companyId,
    versions: access?.record.versions,
    endpoint: `${req.method} ${match?.route.path ?? target?.path ?? ''}`,
    action: match?.route.permission ?? match?.route.id ?? exchange.action,
    revision: catalog?.engine.revision,
    requestId: exchange.requestId,
    decisionId: exchange.decisionId,
    caller: subject?.kind === 'module' ? subject.key : undefined,
    status: res.headersSent ? res.statusCode : undefined,
    code: refusal?.code,
    reasons: refusal?.reasons.length ? refusal.reasons : undefined,
    cut: exchange.fault instanceof Cut ? exchange.fault.kind : undefined,
    ...known,
    err: causeOf(exchange),
  };
}

function resultOf({ fault, refusal }: Exchange): Result {
  if (fault instanceof ClientGone) return 'aborted';
  if (fault instanceof BrokenTransfer || refusal?.code === 'service_unavailable') return 'failed';
  return refusal ? 'denied' : 'allowed';
}

/** What explains a failure; a refusal explains itself. */
function causeOf({ fault, refusal }: Exchange): unknown {
  if (fault === undefined || fault instanceof ClientGone) return undefined;
  if (fault instanceof Cut) return fault.cause;
  if (fault instanceof Refusal && refusal?.code !== 'service_unavailable') return undefined;
  return fault instanceof Error && fault.cause ? fault.cause : fault;
}
