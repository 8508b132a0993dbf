import type { Result } from '../metrics.ts';
import type { Parts } from '../parts.ts';
import type { Exchange } from '../request/exchange.ts';
import { BrokenTransfer, ClientGone } from '../upstream/relay.ts';
import { Refusal } from '../errors.ts';

/** The one log line and the metrics of a request, whatever became of it. */
export function record(
  exchange: Exchange,
  { log, metrics, clientAddress }: Pick<Parts, 'log' | 'metrics' | 'clientAddress'>,
): void {
  const { req, res, match, catalog, access, decisionId, requestId, refusal, subject } = exchange;
  const result = resultOf(exchange);
  const ms = performance.now() - exchange.startedAt;
  const line = {
    requestId,
    decisionId,
    userId: exchange.userId,
    companyId: exchange.companyId,
    caller: subject?.kind === 'module' ? subject.key : undefined,
    client: clientAddress(exchange),
    method: req.method,
    endpoint: match?.route.path ?? exchange.target?.path,
    action: match?.route.permission ?? match?.route.id,
    result,
    status: res.headersSent ? res.statusCode : undefined,
    code: refusal?.code,
    reasons: refusal?.reasons.length ? refusal.reasons : undefined,
    revision: catalog?.engine.revision,
    versions: access?.record.versions,
    ms: Math.round(ms * 1000) / 1000,
    err: causeOf(exchange),
  };
  if (result === 'error') log.warn(line);
  else log.info(line);
  metrics.observe(match?.route.id ?? 'none', result, refusal, ms / 1000);
}

function resultOf({ fault, refusal }: Exchange): Result {
  if (fault instanceof ClientGone) return 'aborted';
  if (fault instanceof BrokenTransfer || refusal?.code === 'service_unavailable') return 'error';
  return refusal ? 'deny' : 'allow';
}

/** What explains a failure; a refusal explains itself. */
function causeOf({ fault, refusal }: Exchange): unknown {
  if (fault === undefined || fault instanceof ClientGone) return undefined;
  if (fault instanceof Refusal && refusal?.code !== 'service_unavailable') return undefined;
  return fault instanceof Error && fault.cause ? fault.cause : fault;
}
