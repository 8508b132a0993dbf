import type { Access } from '../access/access.ts';
import { Refusal } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Result } from '../metrics.ts';
import type { Parts } from '../parts.ts';
import type { Exchange } from '../request/exchange.ts';
import { BrokenTransfer, ClientGone } from '../upstream/relay.ts';

/** The one log line and the metrics of a request, whatever became of it. */
export function record({ log, metrics, clientAddress }: Pick<Parts, 'log' | 'metrics' | 'clientAddress'>) {
  // Whose access it is was written out once, and is not again for each request.
  const known = new WeakMap<Access, Logger>();

  return (exchange: Exchange): void => {
    const { req, res, match, target, catalog, refusal, subject } = exchange;
    const result = resultOf(exchange);
    const ms = performance.now() - exchange.startedAt;
    const line = {
      requestId: exchange.requestId,
      decisionId: exchange.decisionId,
      caller: subject?.kind === 'module' ? subject.key : undefined,
      client: clientAddress(exchange),
      endpoint: `${req.method} ${match?.route.path ?? target?.path ?? ''}`,
      action: match?.route.permission ?? match?.route.id,
      result,
      status: res.headersSent ? res.statusCode : undefined,
      code: refusal?.code,
      reasons: refusal?.reasons.length ? refusal.reasons : undefined,
      revision: catalog?.engine.revision,
      latencyMs: Math.round(ms * 1000) / 1000,
      err: causeOf(exchange),
    };
    const logger = loggerOf(exchange);
    if (result === 'failed') logger.warn(line);
    else logger.info(line);
    metrics.observe(match?.route.id ?? 'none', result, refusal, ms / 1000);
  };

  function loggerOf({ access, userId, companyId }: Exchange): Logger {
    if (!access) return userId || companyId ? log.child({ userId, companyId }) : log;
    let logger = known.get(access);
    if (!logger) {
      logger = log.child({ userId, companyId, versions: access.record.versions });
      known.set(access, logger);
    }
    return logger;
  }
}

function resultOf({ fault, refusal }: Exchange): Result {
  if (fault instanceof ClientGone) return 'aborted';
  if (fault instanceof BrokenTransfer || refusal?.code === 'service_unavailable') return 'failed';
  return refusal ? 'denied' : 'allowed';
}

/** What explains a failure; a refusal explains itself. */
function causeOf({ fault, refusal }: Exchange): unknown {
  if (fault === undefined || fault instanceof ClientGone) return undefined;
  if (fault instanceof Refusal && refusal?.code !== 'service_unavailable') return undefined;
  return fault instanceof Error && fault.cause ? fault.cause : fault;
}
