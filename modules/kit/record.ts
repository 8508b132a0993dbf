import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { STATUS } from './errors.ts';
import { sent } from './headers.ts';
import type { KitContext, Step } from './state.ts';

const ID = /^[\w.:-]{1,128}$/;

/** Outermost step: gives the request its ids and writes its one line, whatever happens to it. */
export function record(logger: Logger): Step {
  return async (ctx, next) => {
    const started = performance.now();
    ctx.state.requestId = idFrom(ctx, 'x-request-id') ?? randomUUID();
    const decisionId = idFrom(ctx, 'x-decision-id');
    if (decisionId) ctx.state.decisionId = decisionId;
    ctx.set('x-request-id', ctx.state.requestId);
    try {
      await next();
    } finally {
      logger.info(
        { ...line(ctx), latencyMs: Math.round((performance.now() - started) * 1000) / 1000 },
        'request',
      );
    }
  };
}

function line(ctx: KitContext): Record<string, unknown> {
  const { requestId, decisionId, identity, company, route, failure, clientGone } = ctx.state;
  return {
    requestId,
    decisionId,
    userId: identity?.userId,
    companyId: company,
    caller: identity?.by === 'assertion' ? identity.claims.caller : undefined,
    endpoint: `${ctx.method} ${route?.path ?? ctx.path.slice(0, 200)}`,
    action: route?.permission ?? route?.id,
    result: resultOf(ctx),
    status: ctx.status,
    error: failure?.code,
    clientGone,
    ...(failure && STATUS[failure.code] >= 500 && { causes: causes(failure) }),
  };
}

/** Whether the request was let in, and if not, whether it was refused or could not be judged. */
function resultOf({ state: { admitted, failure } }: KitContext): 'allowed' | 'denied' | 'failed' {
  if (failure && STATUS[failure.code] >= 500) return 'failed';
  return admitted ? 'allowed' : 'denied';
}

function causes(error: Error): string[] {
  const text = error.cause === undefined ? error.message : (error.stack ?? error.message);
  return error.cause instanceof Error ? [error.message, ...causes(error.cause)] : [text];
}

function idFrom(ctx: KitContext, header: string): string | undefined {
  const [id, ...more] = sent(ctx.req, header);
  return id && more.length === 0 && ID.test(id) ? id : undefined;
}
